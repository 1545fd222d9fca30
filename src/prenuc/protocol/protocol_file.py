"""A user's own protocol, written in YAML.

The file looks like this::

name: my-batch
mechanism: two-pathway/CdS          # optional; --mechanism wins
protocol:
  - charge flask with 1.2 mmol Cd(OA)2, 0.3 mmol S and 9.2 g ODE at 60 degC
  - heat flask to 180 degC over 10 min
  - hold flask for 20 min
  - take 25 uL of flask into cuvette with 3.00 mL toluene at 25 degC
  - measure cuvette every 10 min until 200 min
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prenuc.errors import Problem, ProtocolError
from prenuc.facts.document import Node
from prenuc.facts.yaml_file import load
from prenuc.protocol.protocol import Protocol, parse_steps

if TYPE_CHECKING:
    from pathlib import Path


def read_protocol(path: Path) -> tuple[Protocol, str | None]:
    """Return the protocol of a YAML file, and the mechanism that it names, if any.

    Raises:
        ProtocolError: A step cannot be read or done; all problems with file and line.
        FactsError: It is not a YAML file.
    """
    problems: list[Problem] = []
    node = Node(load(path), str(path), problems)
    name = node.text("name", default=path.stem)
    mechanism = node.text("mechanism", default="")
    sentences = node.placed_texts("protocol")
    node.finish("a protocol file")
    if problems:
        raise ProtocolError(problems)
    return Protocol(parse_steps(sentences), name=name), mechanism or None
