// A chart in the colours of the page, in both modes. Options are data: nothing in them is evaluated, and no HTML is made.
import { echarts } from "nicegui-echart";

const share = (digits) => (value) => (value == null || value === "-" ? "none" : `${(100 * value).toFixed(digits)}%`);
const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const FORMATS = {
  "format:share": share(0),
  "format:share-1": share(1),
  // Of lines across a chart, which are named here and never by customers.
  "format:name": (line) => line.name,
  "format:number": (value) => (value == null || value === "-" ? "none" : plain.format(value)),
  // Of logarithms: as far to the left is as seldom as to the right is often.
  "format:times": (value) => (value < 0 ? `1/${plain.format(2 ** -value)}×` : `${plain.format(2 ** value)}×`),
};

const INKS = new Set(["color", "borderColor", "backgroundColor", "pageIconColor", "pageIconInactiveColor"]);
const WRITTEN = new Set(["formatter", "valueFormatter"]);

// Returns options with the page's colours for `var(--name)`, and functions for the names of formats. Only where the
// options have them: what customers wrote stands elsewhere, and stays as it is.
function painted(value, style, key = "") {
  if (Array.isArray(value)) return value.map((one) => painted(one, style));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, painted(one, style, name)]));
  if (INKS.has(key) && typeof value === "string" && value.startsWith("var(--"))
    return style.getPropertyValue(value.slice(4, -1)).trim() || value;
  return WRITTEN.has(key) ? FORMATS[value] : value;
}

export default {
  template: "<div></div>",
  props: { options: Object },
  mounted() {
    this.chart = echarts.init(this.$el, null, { renderer: "canvas" });
    this.chart.on("click", (one) => {
      if (one.componentType === "series") this.$emit("point", { series: one.seriesIndex, index: one.dataIndex });
    });
    this.sizes = new ResizeObserver(() => this.chart.resize());
    this.sizes.observe(this.$el);
    this.modes = new MutationObserver(() => this.paint());
    this.modes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.system.addEventListener("change", this.paint);
    this.paint();
  },
  unmounted() {
    this.sizes?.disconnect();
    this.modes?.disconnect();
    this.system?.removeEventListener("change", this.paint);
    this.chart?.dispose();
  },
  methods: {
    paint() {
      if (!this.chart) return;
      const style = getComputedStyle(document.body);
      this.chart.setOption(painted(JSON.parse(JSON.stringify(this.options)), style), { notMerge: true });
    },
    save(name) {
      const ground = getComputedStyle(document.body).getPropertyValue("--surface").trim();
      const link = document.createElement("a");
      link.href = this.chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: ground });
      link.download = `${name}.png`;
      link.click();
    },
  },
  watch: {
    options: {
      deep: true,
      handler() {
        this.paint();
      },
    },
  },
};
