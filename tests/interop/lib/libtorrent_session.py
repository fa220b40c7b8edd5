"""Settings that make a libtorrent session use nothing but the DHT nodes it is given."""
import signal

import libtorrent as lt


def dht_session(address, port, bootstrap, **extra):
    """A session on address:port whose DHT starts from the given ["ip:port", ...]."""
    settings = {
        "listen_interfaces": f"{address}:{port}",
        "outgoing_interfaces": address,
        "enable_dht": True,
        "dht_bootstrap_nodes": ",".join(bootstrap),
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        # All nodes of a test share one address block and none can have an id bound to its address (BEP 42 exempts
        # private addresses), and a busy local node is no flood.
        "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False,
        "dht_enforce_node_id": False,
        "dht_prefer_verified_node_ids": False,
        "dht_block_ratelimit": 10_000,
        "dht_upload_rate_limit": 10_000_000,
        "alert_mask": 0,
    }
    settings.update(extra)
    session = lt.session(settings)
    introduce(session, bootstrap)
    return session


def introduce(session, nodes):
    """libtorrent never takes a bootstrap node into its routing table: in a network this small they are also its nodes."""
    for node in nodes:
        host, port = node.rsplit(":", 1)
        session.add_dht_node((host, int(port)))


DHT_ALERTS = int(lt.alert.category_t.dht_notification | lt.alert.category_t.dht_operation_notification
                 | lt.alert.category_t.stats_notification)


def stop_on_signal():
    """An empty list that gets an element when the process is told to stop."""
    stopped = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.append(1))
    return stopped
