using System.Net;
using System.Net.Sockets;
using BttProxy.BitTorrent;
using BttProxy.BitTorrent.Dht;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace BttProxy.UnitTests.BitTorrent.Dht;

public sealed class DhtLookupTests : IAsyncDisposable
{
    private static readonly DhtNodeId Target = DhtTestData.Id(0x42);
    private static readonly IPEndPoint WayIn = DhtTestData.PublicPeer(0);
    private readonly ScriptedSocket _socket = new(AddressFamily.InterNetwork);
    private readonly FakeTimeProvider _time = new();
    private readonly DhtStack _stack;

    public DhtLookupTests() => _stack = Create(_socket, new IPEndPoint(IPAddress.Parse("90.1.1.1"), 6881));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ManyNodesInOneAnswer_EightAreUsed()
    {
        _socket.Answer = (remote, query) => ScriptedSocket.Reply(query, IdOf(remote), remote.Equals(WayIn) ? Nodes(Enumerable.Range(1, 140).Select(Random)) : null);
        var found = await FindAsync();
        Assert.Equal(9, found.Nodes.Count);
        Assert.Equal(9, _socket.Sent.Count);
    }

    [Fact]
    public async Task TwentyThousandNodesInOneAnswer_AreNoMessage()
    {
        var first = true;
        _socket.Answer = (remote, query) =>
        {
            var answer = ScriptedSocket.Reply(query, IdOf(remote), first ? Nodes(Enumerable.Range(1, 20_000).Select(Random)) : null);
            first = false;
            return answer;
        };
        var finding = FindAsync();
        await WaitAsync(() => _stack.Core.Transport.Counters.Dropped(DhtDropReason.Unreadable) == 1);
        _time.Advance(DhtLimits.LookupTime);
        Assert.Empty((await finding).Nodes);
        Assert.Equal(0, _stack.Core.Table.Count);
        Assert.Equal(8, CompactAddresses.ReadNodes(new byte[20_000 * 26], AddressFamily.InterNetwork, 8).Count);
    }

    [Fact]
    public async Task NodesOfOneNetwork_TwoAreAsked()
    {
        await AnswerWithAsync(Enumerable.Range(1, 8).Select(i => new DhtContact(DhtNodeId.CreateRandom(), new IPEndPoint(new IPAddress([30, 1, 1, (byte)i]), 6881))));
        Assert.Equal(3, _socket.Sent.Count);
    }

    [Fact]
    public async Task ManyIdsAtOneAddress_AreOneNode()
    {
        await AnswerWithAsync(Enumerable.Range(1, 8).Select(i => new DhtContact(DhtNodeId.CreateRandom(), DhtTestData.PublicPeer(1, 6000 + i))));
        Assert.Equal(2, _socket.Sent.Count);
    }

    [Fact]
    public async Task PrivateMulticastAndPortZero_AreNotAsked()
    {
        string[] named = ["192.168.1.1:6881", "10.0.0.1:6881", "127.0.0.1:6881", "169.254.169.254:80", "239.1.1.1:6881", "8.8.8.8:0", "0.0.0.0:6881", "8.8.8.8:22"];
        await AnswerWithAsync(named.Select(text => new DhtContact(DhtNodeId.CreateRandom(), IPEndPoint.Parse(text))));
        Assert.Single(_socket.Sent);
    }

    [Fact]
    public async Task OwnIdInAnAnswer_IsNotAsked()
    {
        await AnswerWithAsync([new DhtContact(_stack.Core.OwnId, DhtTestData.PublicPeer(1))]);
        Assert.Single(_socket.Sent);
    }

    [Fact]
    public async Task NodeThatClaimsOurOwnId_DoesNotCount()
    {
        _socket.Answer = (_, query) => ScriptedSocket.Reply(query, _stack.Core.OwnId);
        Assert.Empty((await FindAsync()).Nodes);
        Assert.Equal(0, _stack.Core.Table.Count);
    }

    [Fact]
    public async Task IdsPlacedAroundTheTarget_DoNotKeepHonestNodesFromTheWrite()
    {
        var honest = Enumerable.Range(1, 300).Select(Random).ToArray();
        var placed = Enumerable.Range(1000, 40).Select(i => new DhtContact(Target.CreateRandomNeighbour(60 + (i % 30)), DhtTestData.PublicPeer(i))).ToArray();
        for (var i = 0; i < 5; i++)
        {
            var random = DhtNodeId.CreateRandom();
            _stack.Core.Size.Learn(random, Nearest(honest, random, 20).Select(node => node.Id));
        }
        // Attackers know attackers only; honest nodes know everybody, as the attackers have introduced themselves.
        _socket.Answer = (remote, query) =>
        {
            var isPlaced = placed.Any(node => node.EndPoint.Equals(remote));
            var id = honest.Concat(placed).FirstOrDefault(node => node.EndPoint.Equals(remote), new DhtContact(IdOf(remote), remote)).Id;
            // A way in that knew attackers only, as one in 30 does by chance, would leave no way out.
            var circle = isPlaced ? placed : remote.Equals(WayIn) ? honest : Nearest([.. honest, .. placed], Target, 60);
            var known = circle.OrderBy(_ => System.Random.Shared.Next()).Take(8);
            return ScriptedSocket.Reply(query, id, writer =>
            {
                Nodes(known)(writer);
                writer.WriteEntry("token"u8, "token"u8);
            });
        };
        var found = await FindAsync(KrpcQuery.Get(Target));
        Assert.InRange(found.Crowd, 8, 41);
        Assert.InRange(_socket.Sent.Count, 20, DhtLimits.LookupQueries);
        var chosen = StoreSet.Choose(found).ToList();
        Assert.InRange(chosen.Count(node => honest.Any(other => other.EndPoint.Equals(node.EndPoint))), 11, 12);
        Assert.All(chosen.GroupBy(node => DhtTestData.PublicRules.Subnet(node.EndPoint)), group => Assert.InRange(group.Count(), 1, 2));
    }

    [Fact]
    public async Task NodesOfOneIPv6Network_TwoAreAsked()
    {
        var socket = new ScriptedSocket(AddressFamily.InterNetworkV6);
        await using var stack = Create(socket, IPEndPoint.Parse("[2a00:1::1]:6881"));
        var wayIn = IPEndPoint.Parse("[2a00:2::1]:6881");
        var nodes = Enumerable.Range(1, 8).Select(i => new DhtContact(DhtNodeId.CreateRandom(), IPEndPoint.Parse($"[2a00:3:3:{i}::1]:6881"))).ToArray();
        socket.Answer = (remote, query) => ScriptedSocket.Reply(query, IdOf(remote), remote.Equals(wayIn)
            ? writer => writer.WriteEntry("nodes6"u8, CompactAddresses.WriteNodes(nodes, AddressFamily.InterNetworkV6))
            : null);
        stack.Core.Transport.Start(socket.LocalEndPoint);
        await stack.LookUpAsync(Target, KrpcQuery.FindNode(Target), null, Cancellation, [wayIn]);
        Assert.Equal(3, socket.Sent.Count);
    }

    [Fact]
    public async Task NodesThatOnlySayTheyStored_AreNoCopies()
    {
        var nodes = Enumerable.Range(1, 8).Select(Random).ToArray();
        var value = "5:value"u8.ToArray();
        var target = DhtNodeId.Hash(value);
        _socket.Answer = (remote, query) => ScriptedSocket.Reply(query, IdOf(remote), writer =>
        {
            var wasPut = _socket.Sent.Any(sent => sent.Message.Method == KrpcMethod.Put && sent.Remote.Equals(remote));
            Nodes(nodes)(writer);
            writer.WriteEntry("token"u8, "token"u8);
            if (query.Method == KrpcMethod.Get && wasPut && remote.Address.GetAddressBytes()[2] % 2 == 0)
            {
                writer.WriteRawEntry("v"u8, value);
            }
        });
        _stack.Core.Transport.Start(_socket.LocalEndPoint);
        foreach (var node in nodes)
        {
            _stack.Core.Table.Confirm(node);
        }
        var result = await _stack.WriteAsync(
            target, KrpcQuery.Get(target), token => KrpcQuery.PutImmutable(value, token),
            reply => reply.Body!.Find("v"u8) is { } copy && DhtNodeId.Hash(copy.Raw.Span) == target, Cancellation);
        Assert.Equal((8, 4), (result.Stored, result.Copies));
    }

    [Fact]
    public async Task FiveAreAskedAtOnce_UntilTheNearestFiveHaveAnswered()
    {
        var nodes = Nearest(Enumerable.Range(1, 30).Select(Random), Target, DhtLimits.StoreWidth).ToArray();
        Array.ForEach(nodes, _stack.Core.Table.Confirm);
        var finding = FindAsync(wayIn: []);
        await WaitAsync(() => _socket.Sent.Count >= DhtLimits.Alpha);
        Assert.Equal(nodes.Take(DhtLimits.Alpha).Select(node => node.EndPoint), _socket.Sent.Select(sent => sent.Remote));
        for (var answered = 0; answered < DhtLimits.Alpha - 1; answered++)
        {
            AnswerTo(answered);
            await WaitAsync(() => _socket.Sent.Count > DhtLimits.Alpha + answered);
            Assert.Equal(DhtLimits.Alpha + answered + 1, _socket.Sent.Count);
        }
        AnswerTo(DhtLimits.Alpha - 1);
        await WaitAsync(() => _socket.Sent.Count == DhtLimits.StoreWidth);
        for (var answered = DhtLimits.Alpha; answered < DhtLimits.StoreWidth; answered++)
        {
            AnswerTo(answered);
        }
        Assert.Equal(DhtLimits.StoreWidth, (await finding).Nodes.Count);
        Assert.Equal(DhtLimits.StoreWidth, _socket.Sent.Count);

        void AnswerTo(int number)
        {
            var (remote, query) = _socket.Sent.ElementAt(number);
            _socket.Deliver(ScriptedSocket.Reply(query, IdOf(remote)), remote);
        }
    }

    [Fact]
    public async Task SilentNodes_EndWithTheLookupsTime()
    {
        var finding = FindAsync();
        await WaitAsync(() => _socket.Sent.Count == 1);
        _time.Advance(DhtLimits.LookupTime);
        Assert.Empty((await finding).Nodes);
    }

    public ValueTask DisposeAsync() => _stack.DisposeAsync();

    private DhtStack Create(ScriptedSocket socket, IPEndPoint local)
    {
        socket.Bind(local);
        var options = new DhtNodeOptions { ListenEndPoint = local, Guard = new ConnectGuard(new ConnectGuardOptions()) };
        return new DhtStack(options, local, null, socket, _time, NullLoggerFactory.Instance);
    }

    private Task<DhtLookupResult> FindAsync(KrpcQuery? query = null, IPEndPoint[]? wayIn = null)
    {
        _stack.Core.Transport.Start(_socket.LocalEndPoint);
        return _stack.LookUpAsync(Target, query ?? KrpcQuery.FindNode(Target), null, Cancellation, wayIn ?? [WayIn]);
    }

    private async Task AnswerWithAsync(IEnumerable<DhtContact> named)
    {
        var nodes = named.ToArray();
        _socket.Answer = (remote, query) => ScriptedSocket.Reply(query, IdOf(remote), remote.Equals(WayIn) ? Nodes(nodes) : null);
        await FindAsync();
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static KrpcArguments Nodes(IEnumerable<DhtContact> nodes) =>
        writer => writer.WriteEntry("nodes"u8, CompactAddresses.WriteNodes(nodes.ToArray(), AddressFamily.InterNetwork));

    private static DhtContact Random(int number) => new(IdOf(DhtTestData.PublicPeer(number)), DhtTestData.PublicPeer(number));

    private static DhtNodeId IdOf(IPEndPoint remote) => DhtNodeId.Hash(remote.Address.GetAddressBytes());

    private static IEnumerable<DhtContact> Nearest(IEnumerable<DhtContact> nodes, DhtNodeId target, int count) =>
        nodes.OrderBy(node => node.Id, Comparer<DhtNodeId>.Create(target.CompareDistance)).Take(count);
}
