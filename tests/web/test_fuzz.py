"""The API is asked what its own document allows and what it does not: no answer is a failure of ours."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from staging import Stage, stage

ENDLESS = ("/stream", "/traffic", "/capture")  # ends of paths
SAID = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda more: st.lists(more, max_size=3) | st.dictionaries(st.text(max_size=9), more, max_size=3),
    max_leaves=5,
)
bounded = partial(
    settings,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Three packs that may be written to."""
    with stage(tmp_path_factory.mktemp("fuzz"), 3, writes=True) as found:
        yield found


@pytest.fixture(scope="module")
def document(running: Stage) -> Any:
    """What the API says about itself."""
    return schemathesis.openapi.from_url(f"{running.url}api/openapi.json")


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    """Connections that are kept."""
    with requests.Session() as found:
        yield found


def ask(running: Stage, session: requests.Session, case: Case[Any]) -> None:
    """Send a request and hold the answer against the document; of an endless one, its beginning."""
    if not case.path.endswith(ENDLESS):
        case.call_and_validate(base_url=running.url, session=session, checks=SAID, timeout=20)
        return
    with requests.request(
        **case.as_transport_kwargs(base_url=running.url), stream=True, timeout=20
    ) as answer:
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_makes_the_api_fail(
    running: Stage, session: requests.Session, document: Any, mode: GenerationMode
) -> None:
    asked = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @bounded(max_examples=15)
        @given(case=operation.as_strategy(generation_mode=mode))
        def try_it(case: Case[Any]) -> None:
            ask(running, session, case)

        try:
            try_it()
        except Unsatisfiable:  # where everything is allowed nothing is forbidden
            continue
        asked += 1
    assert asked >= 15
    assert requests.get(f"{running.url}api/battery", timeout=20).json()["packs"] == 3


def test_a_plan_that_was_tampered_with_is_refused(running: Stage, session: requests.Session) -> None:
    url = f"{running.url}api"
    wish: Any = {"packs": ["rs485-bms1"], "wishes": {"balancing_start_cell_voltage": 3.33}}
    plan = session.post(f"{url}/plan", json=wish, timeout=20).json()["plans"][0]

    @bounded(max_examples=80)
    @given(st.sampled_from(sorted(plan)), ANYTHING)
    def tamper(key: str, value: Any) -> None:
        body: Any = {"plans": [{**plan, key: value}], "word": "no"}
        try:
            answer = session.post(f"{url}/apply", json=body, timeout=20)
        except requests.exceptions.InvalidJSONError:  # JSON has no such number
            return
        assert answer.status_code in (200, 400, 409)

    tamper()
