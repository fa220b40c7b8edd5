"""libtorrent, inside this process."""
import libtorrent as lt

from client import SLOW, Client
from lab import Failure, wait_until


class Libtorrent(Client):
    name = "libtorrent"

    def __init__(self, lab):
        super().__init__(lab)
        self._sessions = []

    def seed(self, mode, jobs):
        listen = self.lab.listen(mode.ipv6)
        session = self._start(mode, listen)
        handles = [self._add(session, mode, torrent, content.folder, lt.torrent_flags.seed_mode) for content, torrent in jobs]
        wait_until(lambda: all(handle.status().is_seeding for handle in handles), 60, "libtorrent seeds")
        return listen

    def download(self, mode, source, folder):
        session = self._start(mode, self.lab.listen(mode.ipv6))
        handle = self._add(session, mode, source, folder)

        def is_done():
            status = handle.status()
            if status.errc.value():
                raise Failure(status.errc.message())
            return status.is_seeding

        try:
            wait_until(is_done, mode.seconds, f"libtorrent has everything ({source})")
            session.remove_torrent(handle)
            # Its files are written when they are closed.
            wait_until(lambda: any(isinstance(alert, lt.torrent_removed_alert) for alert in session.pop_alerts()), 30, "libtorrent lets go")
        finally:
            self._sessions.remove(session)

    def linger(self, mode, source, folder):
        listen = f"{self.lab.address()}:6881"
        self._add(self._start(mode, listen), mode, source, folder)
        return listen

    def _start(self, mode, listen):
        policy = int(lt.enc_policy.pe_forced if mode.encrypted else lt.enc_policy.pe_disabled if mode.in_clear else lt.enc_policy.pe_enabled)
        tcp = mode.transport == "tcp"
        session = lt.session({
            "listen_interfaces": listen, "outgoing_interfaces": listen.rsplit(":", 1)[0].strip("[]"),
            "enable_dht": bool(mode.dht), "dht_bootstrap_nodes": ",".join(mode.dht),
            "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
            "enable_incoming_tcp": tcp, "enable_outgoing_tcp": tcp, "enable_incoming_utp": not tcp, "enable_outgoing_utp": not tcp,
            "in_enc_policy": policy, "out_enc_policy": policy,
            # Forced means the RC4 stream, not only an encrypted handshake.
            "allowed_enc_level": int(lt.enc_level.rc4 if mode.encrypted else lt.enc_level.both),
            "allow_multiple_connections_per_ip": True, "min_reconnect_time": 1, "unchoke_slots_limit": 64,
            # The nodes of a test share one address block and have no ids bound to their addresses (BEP 42).
            "dht_restrict_routing_ips": False, "dht_restrict_search_ips": False, "dht_enforce_node_id": False,
            "dht_prefer_verified_node_ids": False,
            # By itself it looks again after a quarter of an hour; its first look may come before it knows enough nodes.
            "dht_announce_interval": 15,
            "alert_mask": int(lt.alert.category_t.status_notification | lt.alert.category_t.storage_notification),
        })
        for node in mode.dht:
            host, port = node.rsplit(":", 1)
            session.add_dht_node((host, int(port)))
        self._sessions.append(session)
        return session

    def _add(self, session, mode, source, folder, flags=None):
        parameters = lt.parse_magnet_uri(source) if source.startswith("magnet:") else lt.add_torrent_params()
        if not source.startswith("magnet:"):
            parameters.ti = lt.torrent_info(source)
        parameters.save_path = folder
        if flags is not None:
            parameters.flags = flags | lt.torrent_flags.update_subscribe
        if not mode.pex:
            parameters.flags |= lt.torrent_flags.disable_pex
        if mode.slow:
            parameters.download_limit = SLOW
        return session.add_torrent(parameters)
