using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent.Swarm;
using BttProxy.BitTorrent.Transport.Encryption;
using BttProxy.Client.Torrents;

namespace BttProxy.Client.Commands;

/// <summary>The options of every command that takes part in a swarm or the DHT.</summary>
internal sealed class SwarmOptionSet
{
    private readonly Option<IPEndPoint?> _listen = new("--listen")
    {
        Description = "Where peers may connect to us; dials leave from there too. Default: every address, any port.", HelpName = "IP:PORT", CustomParser = EndPointText.ReadOne,
    };

    private readonly Option<IPEndPoint?> _listenIPv6 = new("--listen-ipv6")
    {
        Description = "A second address, IPv6, when --listen is IPv4. Default: none; [::] at --listen is every address of both.", HelpName = "[IP]:PORT",
        CustomParser = EndPointText.ReadIPv6,
    };

    private readonly Option<EncryptionPolicy> _encryption = new("--encryption")
    {
        Description = "prefer: dial encrypted, then in clear, and take both; require: RC4 only; off: in clear only. Default: prefer.",
    };

    private readonly Option<string?> _transport = new("--transport")
    {
        Description = "What connections to peers run over: both (dials use TCP, and uTP where that fails), tcp or utp. Default: both.",
    };

    private readonly Option<long?> _uploadLimit = new("--upload-limit")
    {
        Description = "Bytes per second that all peers together get. Default: no limit.", HelpName = "BYTES",
    };

    private readonly Option<int?> _uploadPercent = new("--upload-percent")
    {
        Description = "Give no more than this much of what was fetched (or, for a seed, of the content), in percent; 0: nothing. Default: no limit.", HelpName = "PERCENT",
    };

    private readonly Option<bool> _allowPrivate = new("--allow-private")
    {
        Description = "Loopback and private addresses may be dialled, for test networks.",
    };

    private readonly Option<bool> _dht = new("--dht") { Description = "Run a DHT node; implied by the next two. Alone it begins a network of its own." };

    private readonly Option<bool> _noDht = new("--no-dht") { Description = "No DHT, whatever else is given." };

    private readonly Option<DnsEndPoint[]?> _bootstrap = new("--dht-bootstrap")
    {
        Description = "Join the DHT through this node; may be repeated. None is built in.", HelpName = "HOST:PORT", CustomParser = EndPointText.ReadNames,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<IPEndPoint?> _dhtListen = new("--dht-listen")
    {
        Description = "UDP address of the DHT node. Default: every IPv4 address, any port.", HelpName = "IP:PORT", CustomParser = EndPointText.ReadOne,
    };

    private readonly Option<bool> _noTrackers = new("--no-trackers") { Description = "Ask no trackers, whatever the torrent or link names." };

    private readonly Option<bool> _noPeerExchange = new("--no-pex") { Description = "Neither tell peers of other peers nor take theirs (BEP 11)." };

    private readonly Option<bool> _noWebSeeds = new("--no-web-seeds") { Description = "Ask no web seeds (BEP 19), whatever the torrent or link names." };

    public SwarmOptionSet()
    {
        _encryption.AcceptOnlyFromAmong("prefer", "require", "off");
        _transport.AcceptOnlyFromAmong("both", "tcp", "utp");
        _uploadLimit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() <= 0)
            {
                result.AddError("--upload-limit is above 0; --upload-percent 0 gives nothing.");
            }
        });
        _uploadPercent.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 0)
            {
                result.AddError("--upload-percent is 0 or more.");
            }
        });
    }

    public void AddTo(Command command)
    {
        command.Add(_encryption);
        command.Add(_transport);
        command.Add(_uploadLimit);
        command.Add(_uploadPercent);
        command.Add(_noWebSeeds);
        command.Add(_noPeerExchange);
        command.Add(_noTrackers);
        command.Add(_listen);
        command.Add(_listenIPv6);
        command.Validators.Add(CheckFamilies);
        command.Add(_allowPrivate);
        command.Add(_dht);
        command.Add(_noDht);
        command.Add(_bootstrap);
        command.Add(_dhtListen);
    }

    /// <summary>For the commands that are about the DHT only.</summary>
    public void AddDhtTo(Command command)
    {
        foreach (var option in new Option[] { _allowPrivate, _bootstrap, _dhtListen })
        {
            option.Recursive = true;
            command.Add(option);
        }
    }

    public SwarmSettings Read(ParseResult result)
    {
        var isWanted = result.GetValue(_dht) || result.GetValue(_bootstrap) is not null || result.GetValue(_dhtListen) is not null;
        return new SwarmSettings
        {
            AllowPrivateAddresses = result.GetValue(_allowPrivate),
            AsksTrackers = !result.GetValue(_noTrackers),
            AsksWebSeeds = !result.GetValue(_noWebSeeds),
            ExchangesPeers = !result.GetValue(_noPeerExchange),
            MaxUploadRate = result.GetValue(_uploadLimit),
            MaxUploadPercent = result.GetValue(_uploadPercent),
            Listen = result.GetValue(_listen),
            ListenIPv6 = result.GetValue(_listenIPv6),
            Encryption = result.GetValue(_encryption),
            Transports = result.GetValue(_transport) switch
            {
                "tcp" => PeerTransports.Tcp,
                "utp" => PeerTransports.Utp,
                _ => PeerTransports.TcpAndUtp,
            },
            Dht = isWanted && !result.GetValue(_noDht) ? ReadDht(result) : null,
        };
    }

    private void CheckFamilies(CommandResult result)
    {
        var isBesideIPv4 = result.GetResult(_listen) is { Tokens: [var listen, ..] }
            && IPEndPoint.TryParse(listen.Value, out var endPoint) && endPoint.AddressFamily == AddressFamily.InterNetwork;
        if (result.GetResult(_listenIPv6) is not null && !isBesideIPv4)
        {
            result.AddError("--listen-ipv6 is for a second address beside an IPv4 one at --listen.");
        }
    }

    public DhtSettings ReadDht(ParseResult result)
    {
        var settings = new DhtSettings
        {
            AllowPrivateAddresses = result.GetValue(_allowPrivate),
            Bootstrap = result.GetValue(_bootstrap) ?? [],
        };
        return result.GetValue(_dhtListen) is { } listen ? settings with { Listen = listen } : settings;
    }
}
