"""The secrets of a result: leaving out those that do not occur changes nothing for Ansible's scrubber."""

from __future__ import annotations

import time

from ansible.module_utils.common.parameters import remove_values
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hybridnet.alicloud.plugins.module_utils._occurring import occurring

# Few letters, so that secrets do occur in texts.
TEXTS = st.text("ab1", min_size=1, max_size=14)
RESULTS = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.sets(TEXTS, max_size=6), RESULTS)
def test_the_scrubbed_result_is_the_same(secrets, result):
    found = occurring(secrets, result)
    assert found <= secrets
    # One order of replacement: a set's order may differ, and secrets may overlap.
    scrubbed, again = (remove_values(result, sorted(names)) for names in (secrets, found))
    assert scrubbed == again


def test_what_occurs_is_found_wherever_it_stands():
    result = {"a": ["x secret-key-1 y"], "secret-key-2": 1, "n": 1234567890, "t": ("'secret-key-3'",)}
    secrets = {"secret-key-1", "secret-key-2", "secret-key-3", "34567890", "secret-key-4"}
    assert occurring(secrets, result) == secrets - {"secret-key-4"}


def test_the_number_of_secrets_does_not_count():
    result = [f"create IPsec connection ipsec-store-{number:04}-main" for number in range(2000)]
    times = []
    for count in (1, 4000):
        secrets = {f"Kx7mQ2vT9b-{number}" for number in range(count)}
        started = time.process_time()
        assert occurring(secrets, result) == set()
        times.append(time.process_time() - started)
    # Looking for each in each would take a thousand times as long.
    assert times[1] < 20 * times[0]
