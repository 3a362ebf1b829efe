"""The console's speed: pages and actions in a real browser, and what open consoles cost those who send feedback."""
