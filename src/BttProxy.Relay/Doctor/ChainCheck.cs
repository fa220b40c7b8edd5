using BttProxy.Protocol.Networks;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;

namespace BttProxy.Relay.Doctor;

/// <summary>
/// Asks each TRON node by itself: is it there, is it of our chain, is the contract ours to the byte, are the nodes at the same height; and
/// holds this machine's clock against the newest block.
/// </summary>
internal sealed class ChainCheck(RelayOptions options, NetworkDescription network, TimeProvider time)
{
    // A TRON block comes every three seconds; nodes that are further apart than this do not follow the same chain any more.
    private const long MaxBlocksApart = 20;

    private const string Reach = "Let this machine reach the nodes' gRPC ports, or name other nodes in chain.nodes.";

    private readonly record struct Told(string Node, TronHead? Head, CodeVerdict Code, string? Problem);

    private enum CodeVerdict
    {
        Ours,
        Other,
        OtherChain,
        NotTold,
    }

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        IReadOnlyList<TronEndpoint> endpoints;
        try
        {
            endpoints = ChainConnection.Endpoints(options.Chain, network);
        }
        catch (RelayConfigurationException e)
        {
            return [Finding.Fail("chain", e.Message, "Correct chain.nodes."), .. Skipped()];
        }

        var told = await Task.WhenAll(endpoints.Select(endpoint => AskAsync(endpoint, cancellationToken)));
        var alive = told.Where(static node => node.Head is not null).ToArray();
        if (alive.Length == 0)
        {
            return [Finding.Fail("chain", string.Join(" ", told.Select(static node => node.Problem)), Reach), .. Skipped()];
        }

        return [Chain(told, alive, time.GetElapsedTime(start)), Contract(alive), Clock(alive)];
    }

    private static IEnumerable<Finding> Skipped() => [Finding.Skip("contract", "no node answers"), Finding.Skip("clock", "no node tells a block's time")];

    private async Task<Told> AskAsync(TronEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var node = new TronNode(
            new TronNodeOptions { Endpoints = [endpoint], RequestsPerSecond = options.Chain.RequestsPerSecond, Timeout = options.Chain.Timeout }, time);
        TronHead head;
        try
        {
            head = await node.HeadAsync(cancellationToken);
        }
        catch (ChainException e)
        {
            return new Told(endpoint.ToString(), null, CodeVerdict.NotTold, e.Message);
        }

        try
        {
            var code = await node.CodeAsync(network.Contract, cancellationToken);
            if (!ContractBytecode.IsBttChannels(code.Span))
            {
                return new Told(endpoint.ToString(), head, CodeVerdict.Other, code.IsEmpty ? "there is no contract" : "another contract is there");
            }

            var separator = await node.CallAsync(new ContractCall(network.Contract, network.Contract, BttChannelsCalls.DomainSeparator()), cancellationToken);
            return !separator.HasReverted && separator.Output.Span.SequenceEqual(network.Domain.Separator.Span)
                ? new Told(endpoint.ToString(), head, CodeVerdict.Ours, null)
                : new Told(endpoint.ToString(), head, CodeVerdict.OtherChain, $"the chain is not {network.ChainId}");
        }
        catch (ChainException e)
        {
            return new Told(endpoint.ToString(), head, CodeVerdict.NotTold, e.Message);
        }
    }

    private Finding Chain(Told[] told, Told[] alive, TimeSpan took)
    {
        var (highest, lowest) = (alive.Max(static node => node.Head!.Number), alive.Min(static node => node.Head!.Number));
        var measured = $"{alive.Length} of {told.Length} nodes answer, newest block {highest:#,0}, {took.TotalMilliseconds:0} ms";
        var dead = told.Where(static node => node.Head is null).Select(static node => node.Problem);
        var needed = options.Chain.Agreement ?? ((told.Length / 2) + 1);
        return alive.Length < needed ? Finding.Fail("chain", $"{measured}, and {needed} must agree: {string.Join(" ", dead)}", Reach)
            : highest - lowest > MaxBlocksApart ? Finding.Warn(
                "chain", $"{measured}; one is {highest - lowest} blocks behind: {alive.First(node => node.Head!.Number == lowest).Node}", "Replace it in chain.nodes.")
            : alive.Length < told.Length ? Finding.Warn("chain", $"{measured}: {string.Join(" ", dead)}", Reach)
            : Finding.Ok("chain", measured);
    }

    private Finding Contract(Told[] alive)
    {
        var where = $"{network.Contract} on chain {network.ChainId}";
        return alive.FirstOrDefault(static node => node.Code is CodeVerdict.Other or CodeVerdict.OtherChain) is { Problem: { } wrong, Node: var liar }
            ? Finding.Fail("contract", $"at {where} {liar} says: {wrong}", "Check chainId and contract of the network description, and that the nodes are of that chain.")
            : alive.FirstOrDefault(static node => node.Code == CodeVerdict.NotTold) is { Problem: { } why } && alive.All(static node => node.Code != CodeVerdict.Ours)
                ? Finding.Warn("contract", $"the code of {where} could not be read: {why}", "Name a node that answers GetContractInfo in chain.nodes.")
                : Finding.Ok("contract", $"{where} is BttChannels to the byte");
    }

    private Finding Clock(Told[] alive)
    {
        var skew = time.GetUtcNow() - alive.Max(static node => node.Head!.Time);
        var bound = options.Credit.ClockSkew;
        var words = $"{Math.Abs(skew.TotalSeconds):0.0} s {(skew < TimeSpan.Zero ? "behind" : "after")} the newest block";
        return skew < -bound || skew > bound * 2
            ? Finding.Fail("clock", $"{words}: clients whose clocks are right are refused beyond {bound.TotalSeconds:0} s", "Set the clock, with NTP (timedatectl set-ntp true). If it is right, the nodes are behind.")
            : skew < -bound / 4 || skew > bound
                ? Finding.Warn("clock", words, "Keep the clock right with NTP (timedatectl set-ntp true). If it is right, the nodes are behind.")
                : Finding.Ok("clock", words);
    }
}
