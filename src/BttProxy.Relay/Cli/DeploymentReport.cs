using System.Globalization;
using System.Text.Json.Nodes;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Cli;

/// <summary>What <c>deploy-contract</c> found or did, as it is printed.</summary>
internal sealed record DeploymentReport(string State)
{
    public const string DryRun = "dryRun";
    public const string Deployed = "deployed";
    public const string Verified = "verified";
    public const string Different = "different";

    private const decimal SunPerTrx = 1_000_000;

    /// <summary>Null in a dry run.</summary>
    public string? Contract { get; init; }

    /// <summary>As TRON's HTTP interface and explorers write it.</summary>
    public string? ContractHex { get; init; }

    public string? Transaction { get; init; }

    public ulong? Block { get; init; }

    /// <summary>Estimated, or used.</summary>
    public long? Energy { get; init; }

    /// <summary>Most sun that may be burnt for energy.</summary>
    public long? FeeLimit { get; init; }

    /// <summary>Sun for the transaction's bytes.</summary>
    public long? BandwidthFee { get; init; }

    /// <summary>Sun burnt in all.</summary>
    public long? Fee { get; init; }

    public string? Deployer { get; init; }

    /// <summary>Sun.</summary>
    public long? Balance { get; init; }

    /// <summary>What the check of the code on the chain says.</summary>
    public DeployedCode? Code { get; init; }

    /// <summary>The network description to use.</summary>
    public JsonNode? Network { get; init; }

    public static string HexOf(TronAddress address) => "41" + Convert.ToHexStringLower(address.Span);

    public static string Trx(long sun) => (sun / SunPerTrx).ToString("N2", CultureInfo.InvariantCulture) + " TRX";

    public string ToText()
    {
        List<string> lines = [];
        Add("contract", Contract is null ? null : $"{Contract}, {ContractHex}");
        Add("code", Code switch
        {
            null => null,
            DeployedCode.BttChannels => "is BttChannels as this program has it",
            DeployedCode.None => "there is no contract",
            DeployedCode.Other => "is another contract, or another version of BttChannels",
            _ => "is BttChannels, but on a chain with another id than the network description names",
        });
        Add("deployer", Deployer is null ? null : Balance is { } balance ? $"{Deployer}, has {Trx(balance)}" : Deployer);
        Add("transaction", Transaction);
        Add("block", Block?.ToString(CultureInfo.InvariantCulture));
        Add("energy", Energy is { } energy ? energy.ToString("N0", CultureInfo.InvariantCulture) : null);
        Add("fee limit", FeeLimit is { } limit ? $"{Trx(limit)} for energy{(BandwidthFee is { } bytes ? $", and up to {Trx(bytes)} for bandwidth" : "")}" : null);
        Add("fee", Fee is { } fee ? Trx(fee) : null);
        return string.Join(Environment.NewLine, lines);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                lines.Add($"{name,-12} {value}");
            }
        }
    }
}
