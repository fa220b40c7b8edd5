using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Operations;

namespace BttProxy.Relay.Doctor;

/// <summary>Are the keys there, whole, closed to others, and those of the relay that runs.</summary>
internal static class KeysCheck
{
    private const string Step = "keys";

    public static Finding Run(RelayOptions options, KeysOnDisk keys, StatusReport? running)
    {
        if (keys.Damaged.Count > 0)
        {
            return Finding.Fail(
                Step, $"cannot be read: {string.Join(", ", keys.Damaged)}",
                "Run the command as the relay's user; a damaged file is put back with 'bttproxy-relay backup restore', and only payee-key is money.");
        }

        if (keys.Missing.Count > 0)
        {
            return running is null && !File.Exists(Path.Combine(options.StateDirectory, RelayRoles.LedgerFile))
                ? Finding.Warn(Step, $"not made yet in '{options.StateDirectory}'", "The first start makes them; or put those of a backup there first.")
                : Finding.Fail(
                    Step, $"missing: {string.Join(", ", keys.Missing)}",
                    "Put them back with 'bttproxy-relay backup restore' before the relay starts again: it would make new ones, and the old payee's money needs the old one.");
        }

        if (keys.Open.Count > 0)
        {
            return Finding.Fail(
                Step, $"others than the owner may use: {string.Join(", ", keys.Open)}", $"chmod 600 {string.Join(' ', keys.Open)}");
        }

        var (id, address) = (keys.Identity!.Id.ToString(), keys.Payee!.Address.ToString());
        if (running is { RelayId: { } other } && other != id)
        {
            return Finding.Fail(Step, $"those on disk are of relay {id}, and {other} runs", "Restart the relay, or put its keys back.");
        }

        return options.Offer.Payee is { } named && named != address
            ? Finding.Ok(Step, $"relay {id}; paid to {named} by the configuration, fees from {address}")
            : Finding.Ok(Step, $"relay {id}; paid to {address}");
    }
}
