"""The application, asked as its page asks: by HTTP and a socket, in a process of its own."""

import numpy as np
import pytest

import prenuc as pn
from serving import running

RECIPE = "cds-msc-311-in-toluene"


@pytest.fixture(scope="module")
def app():
    with running() as found:
        found.exchange()
        yield found


def test_the_page_is_there_without_a_key_and_everything_else_is_not(app):
    status, headers, body = app.ask("GET", "/")
    assert status == 200
    assert b"<title>prenuc</title>" in body
    assert "default-src 'self'" in headers["content-security-policy"]
    assert app.ask("GET", "/downloads/x")[0] == 401


def test_what_is_released_is_to_the_last_bit_what_simulate_gives(app):
    protocol = pn.Protocol.from_recipe(pn.recipe(RECIPE))
    mechanism = pn.mechanism_for("two-pathway/CdS", protocol)
    with app.page() as page:
        page.answer("flask.open", recipe=RECIPE)
        _, first = page.frame(exact=True)
        assert np.array_equal(
            first["absorbance"], pn.uv_vis(pn.simulate(mechanism, protocol)).absorbance
        )
        page.drag(1, "step 3: duration", 30.0)
        page.drag(2, "step 3: duration", 40.0)
        page.drag(3, "isomerisation.k", 0.02, exact=True)
        _, dragged = page.frame(drag=3, exact=True)
    unit = mechanism.constants["isomerisation.k"].quantity.unit
    moved = mechanism.with_constants({"isomerisation.k": pn.Quantity(0.02, unit)})
    run = pn.simulate(moved, protocol.with_duration({3: "40 min"}))
    assert np.array_equal(dragged["absorbance"], pn.uv_vis(run).absorbance)


def test_a_mistake_is_answered_with_the_nearest_name(app):
    with app.page() as page:
        page.answer("flask.open", recipe=RECIPE)
        error = page.ask("flask.set", set={"isomersation.k": 1.0})["error"]
        assert "isomerisation.k" in error["nearest"]
        error = page.ask("flask.opne")["error"]
        assert "flask.open" in error["nearest"]
