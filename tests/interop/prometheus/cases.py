"""For each alert: series in which it fires, and series in which it stays silent. Written as promtool reads them, one value a minute."""

HOURS = 3


def steady(value):
    return f"{value}x{HOURS * 60}"


def rising(step):
    return f"0+{step}x{HOURS * 60}"


def name(metric, **labels):
    pairs = {"job": "bttproxy-relay", "instance": "relay:9464"} | labels
    return metric + "{" + ",".join(f'{key}="{value}"' for key, value in pairs.items()) + "}"


DELIVERED = name("bttproxy_relay_response_body_size_bytes_total", outcome="completed", transport="h2")
PAID = name("bttproxy_relay_paid_size_bytes_total", currency="BTT")
UNPAID = name("bttproxy_relay_unpaid_size_bytes_total", reason="abort")
USEFUL = name("bttproxy_swarm_received_size_bytes_total", kind="useful")
HASH_FAIL = name("bttproxy_swarm_received_size_bytes_total", kind="hash_fail")
SENT = name("bttproxy_swarm_sent_size_bytes_total")
EVICTED = name("bttproxy_cache_evicted_size_bytes_total", budget="total")
ACCEPTED = name("bttproxy_relay_earnings_total", currency="BTT", state="accepted")
LOST = name("bttproxy_relay_earnings_total", currency="BTT", state="lost")
REVERTED = name("bttproxy_settlement_transactions_total", outcome="reverted")
CUT = name("bttproxy_relay_credit_wait_duration_seconds_count", result="cut")
WAITED = name("bttproxy_relay_credit_wait_duration_seconds_count", result="paid")
STALLED = name("bttproxy_relay_stall_duration_seconds_total", phase="piece")
STREAMS = name("bttproxy_relay_streams_active", transport="h2")


def buckets(metric, below, above, **labels):
    """A histogram whose values are all between two of its bounds, one a second."""
    return {
        name(metric, le=below, **labels): steady(0),
        name(metric, le=above, **labels): rising(60),
        name(metric, le="+Inf", **labels): rising(60),
    }


def gauge(metric, firing, healthy, **labels):
    return {name(metric, **labels): steady(firing)}, {name(metric, **labels): steady(healthy)}


def counter(metric, **labels):
    return {name(metric, **labels): rising(1)}, {name(metric, **labels): steady(0)}


CASES = {
    "BttProxyUnpaidShareHigh": ({DELIVERED: rising(1200000), UNPAID: rising(60000)}, {DELIVERED: rising(1200000), UNPAID: rising(6000)}),
    "BttProxyCostAmplificationHigh": ({USEFUL: rising(3000000), PAID: rising(1000000)}, {USEFUL: rising(1000000), PAID: rising(1000000)}),
    "BttProxyEarningsFlat": ({ACCEPTED: steady(5), DELIVERED: rising(1200000)}, {ACCEPTED: rising(1000), DELIVERED: rising(1200000)}),
    "BttProxyLedgerFailing": counter("bttproxy_ledger_failures_total"),
    "BttProxyVoucherCheckSlow": (
        buckets("bttproxy_voucher_check_duration_seconds_bucket", "0.05", "0.25"), buckets("bttproxy_voucher_check_duration_seconds_bucket", "0.0001", "0.001")),
    "BttProxyCreditCutsHigh": ({CUT: rising(6), WAITED: rising(60)}, {CUT: steady(0), WAITED: rising(60)}),
    "BttProxyVouchersLost": ({LOST: rising(1)}, {LOST: steady(0)}),
    "BttProxyWithdrawUnclaimed": gauge("bttproxy_settlement_withdraw_remaining_seconds", 3600, 86400),
    "BttProxySettlementTrxShort": gauge("bttproxy_settlement_trx_short", 5, 0),
    "BttProxySettlementStalled": gauge("bttproxy_settlement_pass_age_seconds", 1000, 10),
    "BttProxyReconcileStale": gauge("bttproxy_settlement_reconcile_age_seconds", 2000, 100),
    "BttProxyClaimStuck": gauge("bttproxy_settlement_pending_age_seconds", 700, 10),
    "BttProxyClaimsFail": ({REVERTED: rising(1)}, {REVERTED: steady(0)}),
    "BttProxyBackupStale": gauge("bttproxy_backup_age_seconds", 4000, 100, target="dht"),
    "BttProxyBackupAhead": gauge("bttproxy_backup_ahead", 1, 0, target="directory"),
    "BttProxyBackupIncomplete": gauge("bttproxy_backup_left_out", 1, 0, target="dht"),
    "BttProxyFirstByteSlow": (
        buckets("bttproxy_relay_time_to_first_byte_seconds_bucket", "10", "30", source="swarm"),
        buckets("bttproxy_relay_time_to_first_byte_seconds_bucket", "0.1", "1", source="swarm")),
    "BttProxyStallRatioHigh": ({STALLED: rising(30), STREAMS: steady(2)}, {STALLED: rising(1), STREAMS: steady(2)}),
    "BttProxyHashFailures": ({HASH_FAIL: rising(100000), USEFUL: rising(1000000)}, {HASH_FAIL: steady(0), USEFUL: rising(1000000)}),
    "BttProxyOverloaded": gauge("bttproxy_overload", 1, 0, cause="torrents"),
    "BttProxyDiskStopped": gauge("bttproxy_disk_stopped", 1, 0),
    "BttProxyCacheTooSmall": (
        {EVICTED: rising(950000), USEFUL: rising(1000000), PAID: rising(500000)}, {EVICTED: rising(1000), USEFUL: rising(1000000), PAID: rising(500000)}),
    "BttProxyRestarting": (
        {name("dotnet_process_cpu_time_seconds_total", cpu_mode="user"): " ".join(["1+1x14"] * (HOURS * 4))},
        {name("dotnet_process_cpu_time_seconds_total", cpu_mode="user"): rising(1)}),
    "BttProxyDown": gauge("up", 0, 1),
    "BttProxyLoopStuck": gauge("bttproxy_relay_loop_stuck", 1, 0, loop="settlement"),
    "BttProxyFewRecordCopies": gauge("bttproxy_dht_store_copies", 5, 20),
    "BttProxyRecordNotFound": gauge("bttproxy_dht_store_copies", 0, 20),
    "BttProxyFewDhtNodes": gauge("bttproxy_dht_nodes", 10, 200),
    "BttProxyNotAnnounced": tuple(reversed(counter("bttproxy_discovery_announcements_total"))),
    "BttProxyCertificateExpiring": gauge("bttproxy_cert_expiry_timestamp_seconds", 100000, 10000000),
    "BttProxyProbingWave": (
        {name("bttproxy_auth_rejected_total", reason="hmac"): f"0x{HOURS * 60 - 60} 0+60x60"}, {name("bttproxy_auth_rejected_total", reason="hmac"): steady(0)}),
    "BttProxyChainStale": gauge("bttproxy_chain_fresh", 0, 1),
    "BttProxyPrivateAddressDialled": counter("bttproxy_exit_denied_total", rule="private"),
    "BttProxyHibernating": gauge("bttproxy_relay_hibernating", 1, 0),
    "BttProxyQuotaNearlyUsed": (
        {name("bttproxy_relay_quota_used_bytes", period="month"): steady(95), name("bttproxy_relay_quota_limit_bytes", period="month"): steady(100)},
        {name("bttproxy_relay_quota_used_bytes", period="month"): steady(95), name("bttproxy_relay_quota_limit_bytes", period="month"): steady(0)}),
    "BttProxyConfigurationRefused": counter("bttproxy_relay_config_reloads_total", result="refused"),
    "BttProxyUploadRatioHigh": ({SENT: rising(100000000), USEFUL: rising(10000000)}, {SENT: rising(10000000), USEFUL: rising(10000000)}),
}
