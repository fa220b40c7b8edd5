namespace BttProxy.Relay.Configuration;

/// <summary>A part of a relay.</summary>
public enum RelayRole
{
    /// <summary>The public HTTPS side: sessions, vouchers, the meter. One process; the ledger is on its disk.</summary>
    Gateway,

    /// <summary>The swarm side: verified bytes for gateways. Any number of processes, without keys and ledger.</summary>
    Worker,

    /// <summary>Makes the relay findable. Apart it has no keys, and asks the gateway for the record.</summary>
    Dht,

    /// <summary>Turns vouchers into money and keeps their backups. Apart it shares the gateway's state directory.</summary>
    Settler,
}
