"""The invariants of deals: who is party to them, and in which order their days come."""

from association.integrity import invariant, rows


@invariant(
    "events.deals_in_order",
    "合作至少有两方；落地写明由谁登记，由另一人核实；终止不早于签约。",
)
def deals_out_of_order():
    return rows("""
        SELECT d.title FROM events_deal d
        WHERE (SELECT count(*) FROM events_dealparty p WHERE p.deal_id = d.id) < 2
            OR (d.landed_on IS NULL) <> (d.landed_by_id IS NULL) OR (d.verified_at IS NULL) <> (d.verified_by_id IS NULL)
            OR d.verified_by_id = d.landed_by_id OR d.ended_on < d.signed_on
        ORDER BY d.id""")
