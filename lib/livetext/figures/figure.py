"""`LiveFigure`: sliders, a tape and views, as one notebook output with several forms."""

import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from html import escape
from typing import Any

from backprop.autodiff import Tape

from .. import draw
from ..controls import Choice, Control, Entries, Iteration
from ..markup import anchors, check_names, plain, prose, script_data
from ..number_format import format_number, stable
from ..state import State, Values, flat
from ..templates import number
from ..widget import FigureWidget
from .bench import Bench
from .flow import Flow
from .graph import Graph
from .hold import check_handles, found_hint
from .lines import WorkedLines
from .plot import Plot
from .view import View

MILLISECONDS = 700  # between two steps while a figure plays
# More than these, and a phone shows the others when its reader asks for them.
SLIDERS_ON_A_PHONE = 4
PICTURES_ON_A_PHONE = 2
ALONE = (360, 280)  # points of a plot that has a figure to itself
FULL_WIDTH = {"bench", "flow", "graph", "matrices"}  # views that need all of a figure's width
RIGID = {"flow", "matrices"}  # of text and tables, which do not shrink as pictures do


class SliderValues(MutableMapping[str, float]):
    """The sliders of a figure by name: read them, and set them within their ranges."""

    def __init__(self, figure: "LiveFigure") -> None:
        self._figure = figure

    def __getitem__(self, name: str) -> float:
        try:
            return float(self._figure.widget.values[name])
        except KeyError:
            raise KeyError(f"the figure has no slider {name!r}; it has {', '.join(self)}") from None

    def __setitem__(self, name: str, value: float | str) -> None:
        self.update({name: value})

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"a slider cannot be removed; figure.reset() puts {name!r} back")

    def __iter__(self) -> Iterator[str]:
        return iter(self._figure.widget.values)

    def __len__(self) -> int:
        return len(self._figure.widget.values)

    def __repr__(self) -> str:
        return repr(dict(self))

    def update(self, values: Any = (), /, **more: float | str) -> None:
        """Set several at once: all of them, or with an error none."""
        sliders: dict[str, Control] = {slider.name: slider for slider in self._figure.sliders}
        checked: dict[str, float] = {}
        for name, value in dict(values, **more).items():
            slider = sliders.get(name.partition("[")[0])
            if slider is None or name not in self:
                raise ValueError(f"the figure has no slider {name!r}; it has {', '.join(sliders)}")
            checked[name] = slider.check(value)
            if name == self._figure.counter and not checked[name].is_integer():
                raise ValueError(f"slider {name!r} counts whole steps, got {value:g}")
        widget = self._figure.widget
        widget.values = widget.values | checked


class LiveFigure:
    """A figure whose numbers and pictures follow its sliders, in the page and in Jupyter.

    Parameters
    ----------
    tape
        What is computed. Inputs without a slider keep their traced values.
    sliders
        What the reader may change: `Slider` and `Choice`.
    views
        What is shown: `Plot`, `WorkedLines`, `Matrices`, `Flow`, `Graph`, `Bench`.
    name
        Of the figure in the page, in lower-case words with hyphens.
    alt
        What there is to see, for a reader who cannot see it.
    caption
        What to try and what to notice. In this and other texts, formulas stand between asterisks.
    iteration
        Repeats the tape's update; see `Iteration`.
    digits
        Decimals of the shown numbers.
    effect
        The output that a slider announces together with its own value.
    effect_label
        What it is called then, if not by its name.
    hint
        What can be taken hold of, in a sentence; by default one that the figure finds by itself.
    aliases
        Names that the figure had in earlier editions: addresses with them still lead to it.

    Raises
    ------
    ValueError
        A name is unknown, taken or malformed; a start lies outside its slider; a text is missing.
    """

    def __init__(
        self,
        tape: Tape,
        sliders: Sequence[Control],
        views: Sequence[View],
        *,
        name: str,
        alt: str,
        caption: str,
        iteration: Iteration | None = None,
        digits: int = 2,
        effect: str = "loss",
        effect_label: str = "",
        hint: str = "",
        aliases: Sequence[str] = (),
    ) -> None:
        check_names(name, aliases, "figure name")
        for what, text in (("alt", alt), ("caption", caption)):
            if not text.strip():
                raise ValueError(
                    f"figure {name!r} needs a text for {what}: say what there is to see"
                )
        steppers: list[Iteration | Bench | Graph | Flow] = [
            view for view in views if isinstance(view, Bench | Graph | Flow)
        ]
        steppers += [iteration] if iteration else []
        if len(steppers) > 1:
            raise ValueError(
                f"figure {name!r} can count one thing: an iteration, a flow's stages or a graph's steps"
            )
        self.name, self.alt, self.caption = name, alt, caption
        self.aliases = tuple(aliases)
        self.tape, self.views, self.iteration = tape, tuple(views), iteration
        self.digits = digits
        if effect not in tape.outputs and effect != "loss":
            raise ValueError(f"effect {effect!r} is no output; the tape has {_names(tape.outputs)}")
        self.effect = effect if effect in tape.outputs else None
        self.effect_label = effect_label or effect
        self.hint = hint
        self.counter = steppers[0].counter if steppers else None
        begins = [s.start for s in steppers if isinstance(s, Bench | Iteration)]
        self._count = begins[0] if begins else 0
        self.arrays = self._whole_arrays()
        self._check_names()
        self.sliders: tuple[Control, ...] = (*sliders, *(stepper.slider for stepper in steppers))
        self._start = self._checked_start()
        self.html = self._render()
        self.widget = FigureWidget(html=self.html, values=self._start)

    def _whole_arrays(self) -> frozenset[str]:
        """Those that an iteration hands on, and those that a view reads whole."""
        names = {name for view in self.views for name in getattr(view, "arrays", ())}
        moves = self.iteration.update if self.iteration else {}
        handed = {n for n in moves if n in self.tape.inputs and self.tape.inputs[n].shape}
        return frozenset(names | handed | {moves[name] for name in handed})

    def _check_names(self) -> None:
        """Each name means one thing, and the iteration moves and watches numbers of the tape."""
        inputs, outputs = self.tape.inputs, self.tape.outputs
        taken = [*inputs, *outputs]
        if self.counter:
            taken.append(self.counter)
        if self.iteration:
            taken += [f"{name}_k" for name in {**self.iteration.update, **outputs}]
        for name in taken:
            if taken.count(name) > 1:
                raise ValueError(f"figure {self.name!r} has two quantities {name!r}; rename one")
        if self.iteration is None:
            return
        # Of the tape's names, replaying it for no step at all knows which can lead where.
        self.tape.iterate(self.iteration.update, 0)
        watch = self.iteration.watch
        if watch not in outputs:
            raise ValueError(
                f"the iteration watches {watch!r}, which is no output; the tape has {_names(outputs)}"
            )
        shape = self.tape.nodes[outputs[watch]].shape
        if shape:
            raise ValueError(f"the iteration needs a number for {watch!r}, the tape's is {shape}")

    def _checked_start(self) -> Values:
        start: Values = {}
        for slider in self.sliders:
            if slider.name in start:
                raise ValueError(f"figure {self.name!r} has two sliders {slider.name!r}")
            if slider.name == self.counter:
                start[slider.name] = slider.check(self._count)
                continue
            if slider.name not in self.tape.inputs:
                raise ValueError(
                    f"slider {slider.name!r} is no input of the tape; "
                    f"it has {_names(self.tape.inputs)}"
                )
            value = self.tape.inputs[slider.name]
            if isinstance(slider, Entries):
                start |= {name: slider.check(v) for name, v in flat(slider.name, value).items()}
                continue
            if value.shape:
                raise ValueError(
                    f"slider {slider.name!r} needs a number, the tape's is {value.shape}"
                )
            start[slider.name] = slider.check(float(value))
        sliders = {slider.name: slider for slider in self.sliders}
        for choice in self.sliders:
            for name, values in getattr(choice, "moves", {}).items():
                if name not in start:
                    raise ValueError(f"choice {choice.name!r} moves {name!r}, which is no slider")
                for value in values:
                    sliders[name.partition("[")[0]].check(value)
        return start

    @property
    def values(self) -> SliderValues:
        """The sliders by name. Assign a mapping, or to one entry, to move them."""
        return SliderValues(self)

    @values.setter
    def values(self, values: Mapping[str, float]) -> None:
        self.values.update(values)

    @property
    def quantities(self) -> Values:
        """Every number of the figure at the present values, computed by the tape."""
        return self._state(dict(self.values)).quantities()

    def _state(self, values: Values) -> State:
        return State(self.tape, values, self.iteration, self.arrays)

    def reset(self) -> None:
        """Put every slider back where it started."""
        self.widget.values = self._start

    def __repr__(self) -> str:
        numbers = (f"{name} = {stable(value)}" for name, value in self.quantities.items())
        return f"LiveFigure {self.name}: {', '.join(numbers)}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget for Jupyter, the still picture and its data for pages, and plain text."""
        data, metadata = self.widget.mimebundle(repr(self))
        # By this name myst-nb can show the figure on another page, too.
        metadata = metadata | {"scrapbook": {"name": self.name, "mime_prefix": ""}}
        return data, metadata

    def _render(self) -> str:
        state = self._state(self._start)
        pictures: list[str] = []
        numbers: list[str] = []
        boxes: list[str] = []
        specs = []
        shown = [view for view in self.views if not isinstance(view, WorkedLines)]
        if len(shown) == 1 and isinstance(shown[0], Plot):
            draw.fit(shown[0].axes, *ALONE)
        for i, view in enumerate(self.views):
            html, spec = view.render(state, f"{self.name}-{i}", self.digits)
            check_handles(html, spec, self.sliders, self.name)
            words = spec["kind"] == "lines"
            # A view of several pictures has marked each of them.
            mark = "" if words or "data-picture" in html else " data-picture"
            box = f'<div class="live-view live-{spec["kind"]}" data-view="{i}"{mark}>{html}</div>'
            boxes.append(box)
            (numbers if words else pictures).append(box)
            specs.append(spec)
        if not pictures:
            pictures, numbers = numbers, []
        marks = "".join(pictures).count("data-picture")
        # Beside another picture, a network's numbers would be too small to read on a phone.
        turns = marks > (
            1 if "network" in [spec["kind"] for spec in specs] else PICTURES_ON_A_PHONE
        )
        hint = self.hint or found_hint(boxes, specs, self.sliders)
        data = {
            "tape": json.loads(self.tape.to_json()),
            "start": self._start,
            "views": specs,
            "digits": self.digits,
            "effect": self.effect,
            "effectLabel": self.effect_label,
            "counter": self.counter,
            "interval": self.iteration.pace if self.iteration else MILLISECONDS,
            "iteration": self.iteration.data() if self.iteration else None,
        }
        data |= {"arrays": sorted(self.arrays)} if self.arrays else {}
        entries = {e.name: (e.low, e.high) for e in self.sliders if isinstance(e, Entries)}
        data |= {"entries": entries} if entries else {}
        moves = {c.name: c.moves for c in self.sliders if isinstance(c, Choice) and c.moves}
        data |= {"moves": moves} if moves else {}
        return (
            f'<figure class="live" data-figure="{self.name}" id="fig-{self.name}" aria-label="{escape(plain(self.alt))}">'
            f"{anchors('fig', self.aliases)}"
            f'<div class="{_arrangement([spec["kind"] for spec in specs], turns)}">'
            f'<div class="live-hold"><div class="live-pictures">{"".join(pictures)}'
            '<p class="live-status" role="status"></p></div>'
            f'<p class="live-hint"><span>{prose(hint)}</span><span class="live-told"></span></p>'
            f'<div class="live-controls">{"".join(map(self._control, self.sliders))}'
            f"{self._buttons(marks if turns else 0)}"
            '<p class="needs-script">Moving this figure needs JavaScript.</p></div></div>'
            f"{''.join(numbers) and _box('live-numbers', numbers)}</div>"
            f"<figcaption>{prose(self.caption)}</figcaption>"
            f"{script_data('live-spec', data)}"
            "</figure>"
        )

    def _control(self, slider: Control) -> str:
        if isinstance(slider, Entries):
            return ""
        value = self._start[slider.name]
        identifier = f"live-{self.name}-{slider.name}"
        further = " live-further" * (slider in self._further())
        label = (
            f'<div class="live-slider{further}">'
            f'<label for="{identifier}">{prose(slider.label)}</label>'
        )
        if isinstance(slider, Choice):
            options = "".join(
                f'<option value="{i}"{" selected" * (i == value)}>{escape(option)}</option>'
                for i, option in enumerate(slider.options)
            )
            return (
                f'{label}<select id="{identifier}" name="{slider.name}" disabled>{options}</select>'
                f'<span class="live-value live-chosen">{escape(slider.options[int(value)])}</span></div>'
            )
        text = format_number(value, slider.digits).text
        return (
            f"{label}"
            f'<input type="range" id="{identifier}" name="{slider.name}" min="{stable(slider.low)}" '
            f'max="{stable(slider.high)}" step="{stable(slider.step)}" value="{stable(value)}" '
            f'data-digits="{slider.digits}" aria-valuetext="{text}" disabled>'
            f'<span class="live-value">{number(slider.name, value, slider.digits)}</span></div>'
        )

    def _further(self) -> Sequence[Control]:
        """What a phone shows when its reader asks for it: all but the counter and a few."""
        shown = [slider for slider in self.sliders if not isinstance(slider, Entries)]
        inputs = [slider for slider in shown if slider.name != self.counter]
        room = SLIDERS_ON_A_PHONE - bool(self.counter)
        return inputs[room:]

    def _buttons(self, pictures: int) -> str:
        actions = [("reset", "Reset")]
        if self.counter:
            leap = self.iteration.leap if self.iteration else 0
            further = [("leap", f"{leap} steps")] if leap else []
            actions = [("back", "Back"), ("play", "Play"), ("step", "Step"), *further, *actions]
        if self._further():
            actions.append(("more", "More"))
        if pictures:
            actions.append(("turn", f"Picture 1 of {pictures}"))
        buttons = (
            f'<button type="button" data-action="{action}" disabled>{word}</button>'
            for action, word in actions
        )
        return _box("live-buttons", buttons)


def _arrangement(kinds: Sequence[str], turns: bool) -> str:
    """Classes by which the style sheet places pictures, controls and numbers."""
    shown = [kind for kind in kinds if kind != "lines"]
    classes = ["live-inside"]
    if len(shown) == 1 and shown[0] not in FULL_WIDTH:
        classes.append("live-beside")  # the numbers have room beside the one picture
    if set(shown) & RIGID and not set(shown) - RIGID - {"network"}:
        classes.append("live-rigid")
    if turns:
        classes.append("live-turns")
    elif len(shown) > 1:
        classes.append("live-pair")
    return " ".join(classes)


def _box(name: str, parts: Iterable[str]) -> str:
    return f'<div class="{name}">{"".join(parts)}</div>'


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
