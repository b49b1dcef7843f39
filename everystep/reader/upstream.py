r"""A loss that only words give: "the loss $L$ is some differentiable function of $Y$", "the upstream gradient
$G = \frac{\partial L}{\partial Y}$".

It is any differentiable function of what the words name, and of nothing else.  May import ``everystep.algebra`` and
this package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition
from everystep.algebra.expressions import Expression, Member, Var
from everystep.algebra.shapes import ONE
from everystep.reader import patterns as re
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import DefinedFunction, FamilyName, OpaqueFunction, Symbolic
from everystep.reader.loss_words import NEAR, OF_A_LOSS
from everystep.reader.marks import name_with, plain_text
from everystep.reader.name_lists import LINK, is_dotted, members
from everystep.reader.pieces import trimmed
from everystep.reader.prose import Sentence, Stance, denies, is_hypothetical, stance
from everystep.reader.scope import Scope
from everystep.reader.second_values import tells_of_a_change
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, latex_of, name_of, split, stripped
from everystep.reader.values import Values
from everystep.reader.words import plain

HIDDEN = " of"
"""What is added to the name of a loss for the function that it is: it stands in no formula."""
_PLAIN = (
    r"(?:(?:some|an?|any|the|our|une?|la|le|arbitrary|general|generic|given|fixed|differentiable|differentiables?|smooth|"
    r"scalar|scalaire|scalar-valued|real-valued|real|reelle|reel|continuously|twice|sufficiently|suitable|final|training|"
    r"downstream|subsequent|quelconque|donnee|certaine|derivable|reguliere|overall|total|loss|cost|objective|perte|cout)\W+)*"
)
_ONLY = r"(?:(?:only|solely|smoothly|differentiably|uniquement|seulement|alone)\W+)?"
_NAMED = (
    r"(?:(?:the|its|our|these|those|la|le|les|l'|outputs?|activations?|scores?|logits?|predictions?|vectors?|matrix|"
    r"matrices|sortie|sorties|vecteur|matrice|layer|network|batch|couche|du|de|des)\W+)*"
)
_FUNCTION_OF = re.compile(
    rf"\W*(?:(?:is|be|denotes?|est|soit|as|which is|qui est)\W+)?{_PLAIN}(?:function|fonction)\W+"
    rf"(?:(?:differentiable|derivable|scalaire|reguliere|quelconque)\W+(?:et\W+)?)*{_ONLY}(?:of|de|du|d')\W+{_ONLY}{_NAMED}"
)
_DEPENDS_ON = re.compile(
    rf"\W*(?:(?:which|that|qui)\W+)?{_ONLY}(?:depends?|depend|depending)\W+{_ONLY}(?:on|of|de|du|d')\W+{_ONLY}{_NAMED}"
)
_MORE = re.compile(
    r"^\W*(?:and|et|as well as|ainsi que|or|ou)\W+(?:also\W+|aussi\W+)?(?:on|of|de|du|des|the|its|all|other|some|"
    r"several|many|perhaps|possibly|maybe|les|la|le|l'|d'autres|directly)\b|^\W*(?:but|mais|except|sauf|unless|if|when|si)\b|"
    r"\b(?:also|aussi|directly|directement)\b"
)
"""Behind what a loss depends on: it may depend on something else, too."""
_UPSTREAM = re.compile(
    r"\b(?:upstream|incoming|backpropagated|back-propagated|amont|entrants?|retropropages?|recus?)\b|"
    r"\b(?:given|known|receive[sd]?|computed|passed|comes?|coming|flow(?:s|ing)|connus?|donnes?|connait|recoit)\b"
    r"[^.;:$]{0,40}(?:\bgradients?\b|\$|\bderivatives?\b|\bderivees?\b)|"
    r"\bgradients?\b[^.;:$]{0,40}\b(?:given|known|received|from (?:above|the (?:next|later)|later)|connus?|donnes?)\b|"
    r"\$ (?:is|are|has been|being|est|sont) (?:already )?(?:given|known|computed|available|connue?|donnee?)\b"
)


_IS_GRADIENT = re.compile(
    r"\W*(?:be|is|denotes?|denote|for|stands? for|est|soit|designe|pour)\W+"
    r"(?:(?:the|our|le|a|given|known|connu|donne)\W+)*(?:(?:upstream|incoming|backpropagated)\W+)?(?:gradient|derivative|error|signal|derivee)"
    r"(?:\W+(?:amont|entrant|recu|signal|matrix|of the loss|de la perte|from above))?\W*"
)
_CALLED_A_LOSS = re.compile(
    rf"\W*(?:be|is|denotes?|denote|est|soit|designe)\W+{_PLAIN}"
    r"(?:loss|objective|cost|perte|cout|criterion|critere|objectif|function|fonction)"
    r"(?:\W+(?:function|functions|fonction|scalaire|differentiable|derivable|quelconque|de perte|de cout))*\W*"
)
_WRITE = re.compile(r"\b(?:write|writing|denote|note|notons|ecrivons|on note|on ecrit)\W*$")
_FOR = re.compile(r"\W*(?:for|pour)\W*")
_BY = re.compile(r"\W*(?:(?:is|be|est) (?:denoted|called|note|notee) )?(?:by|par|as)\W*")


def told_loss(scope: Scope, tokens: Tokens, sentence: Sentence) -> bool:
    """Whether words behind a name make it a loss: any differentiable function of what they name; it then is one.

    Raises Unreadable where they name something that has no declaration yet.
    """
    name = _name(tokens)
    words = plain(sentence.after).split("$")
    if _is_loss_of(scope, tokens, sentence):
        return True
    match = _FUNCTION_OF.fullmatch(f"{words[0]} ") or _DEPENDS_ON.fullmatch(f"{words[0]} ")
    if not name or match is None or not sentence.later:
        return False
    if denies(sentence) or is_hypothetical(sentence):
        return False
    if stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED:
        return False
    count = 1
    while count < len(sentence.later) and count < len(words) and LINK.match(words[count]) and words[count].strip():
        count += 1
    behind = words[count] if count < len(words) else ""
    if (
        has_more(scope, tokens)
        or not _may_be_told(scope, name, sentence)
        or _MORE.search(re.split(r"[.;:](?:\s|$)", behind)[0])
    ):
        return False
    return _tell(scope, name, sentence.later[:count])


def _is_loss_of(scope: Scope, tokens: Tokens, sentence: Sentence) -> bool:
    """Whether a formula ``L(Y)``, which words call a loss, makes the undeclared L any function of a declared Y."""
    name, inside = _applied(tokens)
    if not name or scope.find(name) is not None or denies(sentence) or is_hypothetical(sentence):
        return False
    if not _CALLED_A_LOSS.fullmatch(plain(sentence.after).split("$")[0] + " ") or "$" in plain(sentence.before):
        return False
    if stance(sentence, needs_verb=False, any_words=True) is not Stance.ASSUMED or has_more(scope, tokens):
        return False
    return _tell(scope, name, split(inside, (",",)))


def upstream_loss(scope: Scope, tokens: Tokens, sentence: Sentence) -> None:
    r"""Make the undeclared L of an upstream gradient ``\frac{\partial L}{\partial Y}`` any function of Y.

    Raises Unreadable where Y has no declaration yet.
    """
    around = f"{plain(sentence.before)} $ {plain(sentence.after)}"
    told = _UPSTREAM.search(around) or OF_A_LOSS.search(around)
    if not told or denies(sentence) or is_hypothetical(sentence):
        return
    by: list[Tokens] = []
    losses: set[str] = set()
    for formula in (*sentence.earlier, tokens, *sentence.later):
        for loss, variable in _slopes(formula):
            losses.add(loss)
            by += [variable] if variable not in by else []
    if len(losses) != 1 or not any(_slopes(tokens)):
        return
    (name,) = losses
    sides = (split(formula, ("=",)) for formula in (*sentence.earlier, *sentence.later))
    has_formula = any(len(parts) > 1 and _name(parts[0]) == name for parts in sides)
    known = scope.find(name)
    if known is None and not has_formula and not has_more(scope, tokens) and name not in scope.unsure:
        _tell(scope, name, by)
    elif other_gradient(scope, tokens):
        raise Unreadable(f"{name} was told to rest on something else", tokens[0].place)


def has_more(scope: Scope, tokens: Tokens) -> bool:
    """Whether the text says near a formula that a loss rests on more than what is named as its argument."""
    line = tokens[0].place.line if tokens else 0
    return any(abs(line - other) <= NEAR for other in scope.more_of_losses)


def other_gradient(scope: Scope, tokens: Tokens) -> str:
    """The told loss of which a formula has a gradient by a name that it does not rest on, so far as was told; else
    empty.
    """
    bodies = {d.target.name: d.body for d in scope.context.definitions}
    for name, formula in _slopes(tokens):
        loss = scope.find(name)
        if not isinstance(loss, DefinedFunction) or not loss.told:
            continue
        reached = {e.value.name for p in loss.parameters if isinstance(e := scope.find(p), Symbolic)}
        for _ in bodies:
            reached |= set[str]().union(*(bodies[n].names for n in reached & bodies.keys()))
        variable = _variable(scope, formula)
        if variable is not None and variable.name not in reached:
            return name
    return ""


def doubt_loss(scope: Scope, left: Tokens, right: Tokens) -> None:
    """Note that a formula of a loss, or of what nothing declares, was not read: words do not make it any function."""
    name = _name(left) or _applied(left)[0]
    known = scope.find(name) if name else None
    told = isinstance(known, DefinedFunction) and known.told
    if name and (known is None or told):
        said = f"{latex_of(left)} = {latex_of(right)}"
        (scope.unclear if told else scope.unsure).setdefault(name, said)


def named_gradient(tokens: Tokens, sentence: Sentence) -> tuple[Tokens, Tokens] | None:
    r"""The name that words give to an upstream gradient, and the gradient: "let $G$ be the upstream gradient
    $\frac{\partial L}{\partial Y}$", "denote the gradient $\frac{\partial L}{\partial Y}$ by $G$"; else None.
    """
    if not sentence.earlier or denies(sentence) or is_hypothetical(sentence):
        return None
    between = plain(sentence.before).rsplit("$", 1)[-1] + " "
    before, *_ = reversed(sentence.earlier)
    if _slopes(tokens) and _name(members(before)) and _IS_GRADIENT.fullmatch(between):
        return members(before), tokens
    ahead = plain(sentence.before).split("$")[-2]
    if _slopes(tokens) and _name(members(before)) and _FOR.fullmatch(between) and _WRITE.search(ahead):
        return members(before), tokens
    if _slopes(before) and _name(members(tokens)) and _BY.fullmatch(between):
        return members(tokens), before
    return None


def _may_be_told(scope: Scope, name: str, sentence: Sentence) -> bool:
    """Whether a name may become a loss: nothing declares it, or an earlier section or "now" lets it be another one."""
    known = scope.find(name)
    if known is None:
        return True
    told = isinstance(known, DefinedFunction) and known.told
    return told and (scope.is_from_another_section(name) or tells_of_a_change(sentence.before, sentence.after))


def _name(tokens: Tokens) -> str:
    """The one letter that a formula is; empty where it is something else."""
    tokens = trimmed(tokens)
    if not tokens or len(tokens) > 4:
        return ""
    try:
        node = parse(tokens)
    except Unreadable:
        return ""
    return node.text if node.kind == "letter" and not node.scripts else ""


def _applied(tokens: Tokens) -> tuple[str, Tokens]:
    """(L, Y) of ``L(Y)``; empty for any other formula."""
    try:
        node = parse(trimmed(tokens)) if trimmed(tokens) else None
    except Unreadable:
        return "", ()
    if node is None or node.kind != "product" or len(node.parts) != 2 or any(node.separators):
        return "", ()
    head, group = node.parts
    plain_ones = head.kind == "letter" and not head.scripts and group.kind == "group" and group.text == "("
    return (head.text, group.tokens) if plain_ones and not group.scripts else ("", ())


def _slopes(formula: Tokens) -> list[tuple[str, Tokens]]:
    r"""(L, Y) of each ``\frac{\partial L}{\partial Y}``, ``\partial L / \partial Y`` or ``\nabla_Y L`` of bare names
    that is a side of a formula.
    """
    sides = (trimmed(side) for side in split(formula, ("=", "in", "colon")))
    return [found for side in sides if (found := _slope(side)) is not None]


def _slope(side: Tokens) -> tuple[str, Tokens] | None:
    halves = [stripped(half) for half in split(side, ("/",))]
    if len(halves) != 2:
        try:
            node = parse(side)
        except Unreadable:
            return None
        if node.kind == "product" and len(node.parts) == 2 and not any(node.separators):
            nabla, loss = node.parts
            marks = [mark for mark, _ in nabla.scripts]
            if nabla.kind == "sign" and nabla.text == "nabla" and marks == ["_"] and loss.kind == "letter":
                return None if loss.scripts else (loss.text, stripped(nabla.scripts[0][1]))
        if node.kind != "frac" or node.scripts or len(node.rows) != 2:
            return None
        halves = [stripped(half) for (half,) in node.rows]
    if not all(half and name_of(half[0]) == "partial" and _name(half[1:]) for half in halves):
        return None
    above, below = halves
    return _name(above[1:]), below[1:]


def _tell(scope: Scope, name: str, formulas: Sequence[Tokens]) -> bool:
    """Make a name any differentiable function of the names in formulas; False where these are no such names."""
    variables: list[Var] = []
    for formula in formulas:
        variable = _variable(scope, formula)
        if variable is None:
            return False
        variables.append(variable)
    if len({v.name for v in variables}) < len(variables) or _is_chained(scope, variables):
        return False
    written = [_letter_of_list(scope, trimmed(members(trimmed(formula)))) for formula in formulas]
    nodes = [parse(tokens) for tokens in written]
    letters = [name_with(node.text, node.scripts) or node.text for node in nodes]
    known = [scope.names.get(letter) for letter in letters]
    if [e.value for e in known if isinstance(e, Symbolic)] != variables:
        return False  # bold and plain
    hidden = f"{name}{HIDDEN}"
    function = name
    while function in _called(scope):
        function += "'"  # an earlier section has another one
    scope.declare(hidden, OpaqueFunction(function, tuple(v.shape for v in variables), ONE, ONE), "")
    call = parse(tokenize("f(x)", ""))
    head, group = call.parts
    comma = tokenize(",", "")
    inside = tuple(token for k, tokens in enumerate(written) for token in (*comma[: min(k, 1)], *tokens))
    body = replace(call, parts=[replace(head, text=hidden), replace(group, tokens=inside, parts=[])])
    scope.names.pop(name, None)
    scope.declare(name, DefinedFunction(name, tuple(letters), body, told=True), "")
    scope.given[name] = (scope.displays, scope.part)
    scope.depends.pop(name, None)
    scope.unclear.pop(name, None)
    return True


def _variable(scope: Scope, formula: Tokens) -> Var | None:
    """The declared vector, matrix or number that a formula is, or declares; None where it is something else.

    Raises Unreadable where it has no declaration yet and may still get one.
    """
    written = _letter_of_list(scope, trimmed(members(trimmed(formula))))
    try:
        node = parse(written) if written else None
    except Unreadable:
        node = None
    if node is None or node.kind != "letter":
        return None
    entity, rest = Values(scope).entity_of(node)
    if isinstance(entity, FamilyName) and not node.scripts:
        return made_vector(scope, entity)
    if entity is None and scope.waits:
        raise Unreadable(f"{node.text} has no declaration", node.place)
    return None if rest else entity.value if isinstance(entity, Symbolic) else None


def _letter_of_list(scope: Scope, written: Tokens) -> Tokens:
    r"""``y`` for ``y_1, \dots, y_m``, all members of a family of numbers; any other formula as it is."""
    if not is_dotted(written):
        return written
    first = split(written, (",",))[0]
    mark = next((k for k, t in enumerate(first) if t.kind == "sub"), 0)
    letter = trimmed(first[:mark])
    ends = [plain_text(stripped(name[mark + 1 :])) for name in (first, split(written, (",",))[-1])]
    node = parse(letter) if mark else None
    if node is None or node.kind != "letter" or node.scripts or ends[0] != "1":
        return written
    family = scope.find(node.text, node.style, indexed=True)
    lengths = {str(high) for _, high in family.sizes} if isinstance(family, FamilyName) else set()
    return letter if lengths <= {ends[1]} and family is not None else written


def _called(scope: Scope) -> set[str]:
    """The arbitrary functions that definitions are written with."""
    bodies = (d.body for d in scope.context.definitions)
    return {n.function for body in bodies for n in ex.walk(body) if isinstance(n, ex.Call)}


def forget_told(scope: Scope, name: str) -> None:
    """A loss that words have given gets a formula: what was defined by it before is not clear from here on."""
    known = scope.names.get(f"{name}{HIDDEN}")
    function = known.name if isinstance(known, OpaqueFunction) else name
    for definition in scope.context.definitions:
        if any(isinstance(n, ex.Call) and n.function == function for n in ex.walk(definition.body)):
            other = definition.target.name
            scope.unclear[other] = f"{other} is made of a {name} that had no formula, and has one now"
    scope.names.pop(name, None)


def _is_chained(scope: Scope, variables: Sequence[Var]) -> bool:
    """Whether one of several names is defined by another: what a derivative by that one holds fixed is not told."""
    targets = {v.name for v in variables}
    for variable in variables:
        todo, seen = [variable.name], set[str]()
        while todo:
            name = todo.pop()
            bodies = [d.body for d in scope.context.definitions if d.target.name == name]
            fresh = {n.name for body in bodies for n in ex.walk(body) if isinstance(n, Var | Member)} - seen
            seen |= fresh
            todo += fresh
        if seen & targets:
            return True
    return False


def made_vector(scope: Scope, family: FamilyName) -> Var | None:
    """The vector whose entries are the numbers of a family, ``z_i = c u_i`` for vectors u; those that it is defined by
    become vectors, too, and so do numbers that are declared as a list, as long as the index runs.  None where they are
    no such numbers, or are random.
    """
    found: dict[str, Definition] = {}
    data: dict[str, Expr] = {}
    todo = [family.name]
    while todo:
        name = todo.pop()
        rules = [d for d in scope.context.definitions if d.target.name == name]
        entity = scope.names.get(f"{name}[]")
        numbers = isinstance(entity, FamilyName) and (entity.rows, entity.columns, entity.count) == (ONE, ONE, 1)
        recurrent = name in {r.target.name for r in scope.context.recurrences} | {
            law.target.name for law in scope.context.random
        }
        if not numbers or recurrent or name in scope.names:
            return None
        if not rules and isinstance(entity, FamilyName) and entity.low == ONE and entity.high is not None:
            data[name] = entity.high
            continue
        if len(rules) != 1:
            return None
        (rule,) = rules
        if not isinstance(rule.target, Member) or not rule.target.at[0].is_Symbol:
            return None
        found[name] = rule
        inside = {n for n in ex.walk(rule.body) if isinstance(n, Member)}
        if any(len(n.at) != 1 for n in inside):
            return None
        around = _scalars_behind(scope, rule.body)
        todo += [n.name for n in inside | around if n.name not in found.keys() | data.keys()]
    entries = (n for rule in found.values() for n in ex.walk(rule.body) if _is_entry_at(n, rule))
    sizes = set(data.values()) | {n.operands[0].shape[0] for n in entries}
    if len(sizes) != 1:
        return None
    (size,) = sizes
    for name in data:
        vector = Var(name, size, ONE)
        scope.rows_for_members(name, lambda place, vector=vector: ex.Entry(vector, place))  # type: ignore[misc]
        found = {n: replace(r, body=_with_entries(r.body, name, vector)) for n, r in found.items()}
        del scope.names[f"{name}[]" if f"{name}[]" in scope.names else name]
        scope.names[name] = Symbolic(vector)
        ranges = tuple(r for r in scope.context.ranges if r[0] != name)
        scope.context = replace(scope.context, ranges=ranges)
    for name, rule in found.items():
        vector = Var(name, size, ONE)
        at = rule.target.at[0] if isinstance(rule.target, Member) else None
        body = ex.SumOver(ex.Mul(rule.body, ex.Unit(size, at)), at, ONE, size)
        vectors = tuple(Definition(vector, body) if d == rule else d for d in scope.context.definitions)
        scope.context = replace(scope.context, definitions=vectors)
        scope.rows_for_members(name, lambda place, vector=vector: ex.Entry(vector, place))  # type: ignore[misc]
        del scope.names[f"{name}[]"]
        scope.names[name] = Symbolic(vector)
        found = {n: replace(r, body=_with_entries(r.body, name, vector)) for n, r in found.items()}
    return Var(family.name, size, ONE)


def _scalars_behind(scope: Scope, body: Expression) -> set[Member]:
    """The members of families that the defined names in a body are made of: the data of a mean."""
    found, seen = set[Member](), set[Expression]()
    todo = [body]
    while todo:
        names = {n for n in ex.walk(todo.pop()) if isinstance(n, Var)} - seen
        seen |= names
        for rule in (d for d in scope.context.definitions if d.target in names):
            found |= {n for n in ex.walk(rule.body) if isinstance(n, Member)}
            todo.append(rule.body)
    return found


def _with_entries(body: Expression, name: str, vector: Var) -> Expression:
    numbers = {n: ex.Entry(vector, n.at[0]) for n in ex.walk(body) if isinstance(n, Member) and n.name == name}
    changed: Expression = body.xreplace(numbers)
    return changed


def _is_entry_at(node: Expression, rule: Definition) -> bool:
    """Whether a node is an entry of a vector at the index of a rule."""
    at = rule.target.at if isinstance(rule.target, Member) else ()
    return isinstance(node, ex.Entry) and node.at == at and isinstance(node.operands[0], Var)
