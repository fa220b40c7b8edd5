using System.Text.RegularExpressions;
using Xunit;

namespace BttProxy.UnitTests.Architecture;

/// <summary>
/// Every place of the BitTorrent library that opens a socket, sends a datagram, makes an HTTP handler or resolves a name stands in this
/// table, with the words in that file that ask the connect guard. Whoever adds a way out adds it here, guarded.
/// </summary>
public sealed partial class DialGuardTests
{
    private const string AsksTheGuard = "ConnectGuard.Allows(";

    private static readonly Dictionary<string, string> Guarded = new(StringComparer.Ordinal)
    {
        ["Swarm/PeerTransport.cs"] = AsksTheGuard,
        ["Transport/Utp/UtpEndpoint.cs"] = "_guard.Allows(",
        ["Dht/KrpcTransport.cs"] = "rules.MayContact(",
        ["Trackers/GuardedDial.cs"] = "guard.Allows(",
        ["Trackers/HttpTracker.cs"] = "ConnectCallback = (context, cancellationToken) => GuardedDial.ConnectAsync(guard",
        ["WebSeeds/WebSeedClient.cs"] = "ConnectCallback = (context, cancellationToken) => GuardedDial.ConnectAsync(guard",
        ["Trackers/UdpTracker.cs"] = "GuardedDial.ResolveAsync(guard",
    };

    // Sends what the transport above it has asked the guard about.
    private static readonly string[] Carriers = ["Dht/UdpDatagramSocket.cs", "Transport/Utp/UtpSocket.cs"];

    // Only accepts, and makes the sockets of those above: neither chooses an address to dial.
    private static readonly string[] Listeners = ["OutgoingSocket.cs", "Swarm/PeerListener.cs"];

    private static string Library => Path.Combine(Repository.Root, "src", "BttProxy.BitTorrent");

    [Fact]
    public void PlacesThatDialOrSend_AreThoseOfTheTable()
    {
        var found = Sources().Where(file => Outgoing().IsMatch(file.Text)).Select(file => file.Name).ToArray();
        Assert.Equal(Guarded.Keys.Concat(Listeners).Concat(Carriers).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachDialler_AsksTheGuardBeforeItDials()
    {
        foreach (var (name, text) in Sources().Where(file => Guarded.ContainsKey(file.Name)))
        {
            var asks = Positions(text, Regex.Escape(Guarded[name]));
            var connects = Positions(text, Connect().ToString());
            // A connected socket sends only where it was connected to.
            var dials = connects.Length > 0 ? connects : Positions(text, Send().ToString());
            Assert.NotEmpty(dials);
            // One question per way out, each before its own.
            Assert.True(asks.Length >= dials.Length, $"{name}: {dials.Length} dials, {asks.Length} questions");
            Assert.All(dials.Zip(asks), pair => Assert.True(pair.Second <= pair.First, $"{name} dials before it asks"));
        }
    }

    [Fact]
    public void Listeners_NeverDial() =>
        Assert.All(Sources().Where(file => Listeners.Contains(file.Name)), file => Assert.False(Connect().IsMatch(file.Text) || Send().IsMatch(file.Text), file.Name));

    [Fact]
    public void RulesOfTheDht_AskTheGuard() =>
        Assert.Contains(
            "MayContact(IPEndPoint endPoint) => guard.Allows(endPoint", Sources().Single(file => file.Name == "Dht/AddressRules.cs").Text,
            StringComparison.Ordinal);

    private static int[] Positions(string text, string pattern) =>
        [.. Regex.Matches(text, pattern).Select(match => match.Index)];

    private static IEnumerable<(string Name, string Text)> Sources() => Repository.SourceFiles(Path.Combine("src", "BttProxy.BitTorrent"))
        .Select(file => (Path.GetRelativePath(Library, file).Replace('\\', '/'), File.ReadAllText(file)));

    [GeneratedRegex(
        @"\bnew\s+Socket\b|Socket\s+_?\w+\s*=\s*new\(|\bDns\.|\bConnectCallback\b|socket\.(Connect|Send)|\bSendTo(Async)?\("
        + @"|\b(TcpClient|UdpClient|HttpClient|SocketsHttpHandler|HttpClientHandler|ClientWebSocket|QuicConnection|WebRequest)\b")]
    private static partial Regex Outgoing();

    [GeneratedRegex(@"socket\.Connect(Async)?\(|socket\.SendTo(Async)?\(|\bConnectCallback\b")]
    private static partial Regex Connect();

    [GeneratedRegex(@"socket\.Send(Async)?\(")]
    private static partial Regex Send();
}
