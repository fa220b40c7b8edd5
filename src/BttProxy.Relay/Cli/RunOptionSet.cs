using System.CommandLine;
using System.Net;
using BttProxy.Protocol.Money;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Configuration.Reading;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay.Cli;

/// <summary>What the command line says of a relay that runs; it wins over the configuration file.</summary>
internal sealed class RunOptionSet(RelayOptionSet relay)
{
    private readonly Option<IPEndPoint?> _listen = EndPoint("--listen", "HTTPS address to listen on.");
    private readonly Option<IPEndPoint?> _admin = EndPoint("--admin", "Loopback address for metrics, health and books.");
    private readonly Option<string?> _price = new("--price") { Description = "Smallest units per megabyte.", HelpName = "UNITS" };
    private readonly Option<string?> _roles = new("--roles")
    {
        Description = "What this process does, of gateway,worker,dht,settler. Default: all.",
        HelpName = "LIST",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _listen, _admin, _price, _roles })
        {
            command.Add(option);
        }
    }

    /// <exception cref="RelayConfigurationException">The arguments or a file that they name are wrong; all that is wrong in the file, one line each.</exception>
    public RelayOptions Read(ParseResult parsed) => RelayConfigurationFile.OptionsOf(ReadConfiguration(parsed));

    /// <summary>As the running relay reads it again.</summary>
    public ConfigurationSource SourceOf(ParseResult parsed) => new(() => ReadConfiguration(parsed), relay.FileOf(parsed));

    /// <summary>With everything that is wrong in the file, instead of an exception, and where each option was set.</summary>
    /// <exception cref="RelayConfigurationException">The arguments are wrong.</exception>
    public LoadedConfiguration ReadConfiguration(ParseResult parsed)
    {
        var configuration = relay.ReadConfiguration(parsed);
        var (options, places) = (configuration.Options, configuration.Places);
        if (parsed.GetValue(_listen) is { } listen)
        {
            (options.Tunnel.Listen, places["tunnel.listen"]) = (listen, _listen.Name);
        }

        if (parsed.GetValue(_admin) is { } admin)
        {
            (options.Admin.Listen, places["admin.listen"]) = (admin, _admin.Name);
        }

        if (parsed.GetValue(_price) is { } price)
        {
            (options.Offer.PricePerMegabyte, places["offer.pricePerMegabyte"]) = (Price(price), _price.Name);
        }

        if (parsed.GetValue(_roles) is { } roles)
        {
            (options.Roles, places["roles"]) = (RoleList.Parse(roles), _roles.Name);
        }

        return configuration;
    }

    private static PricePerMegabyte Price(string text) => PricePerMegabyte.TryParse(text, out var units)
        ? units
        : throw new RelayConfigurationException($"--price must be a whole number of smallest units per megabyte, not '{text}'.");

    private static Option<IPEndPoint?> EndPoint(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "IP:PORT",
        CustomParser = result =>
        {
            if (IPEndPoint.TryParse(result.Tokens[0].Value, out var value))
            {
                return value;
            }

            result.AddError($"{name} must be IP:PORT, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };
}
