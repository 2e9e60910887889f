from __future__ import annotations
def test_x(office):
    assert office.honest()
    print(office.memory.records)
