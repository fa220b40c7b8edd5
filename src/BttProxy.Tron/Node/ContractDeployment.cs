using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Contracts;

namespace BttProxy.Tron.Node;

/// <summary>Deploys <c>BttChannels</c>, and says whether what stands at an address is it.</summary>
public sealed class ContractDeployment(TronNode node, TronChannelOptions options, TimeProvider timeProvider)
{
    private readonly TransactionSender _sender = new(node, options, timeProvider);

    /// <summary>What deploying costs in the newest block, and the signed transaction; nothing is sent.</summary>
    /// <exception cref="ChainException">The nodes cannot be asked, or it would cost more than is allowed.</exception>
    public async Task<PreparedTransaction> PrepareAsync(Secp256k1Key deployer, CancellationToken cancellationToken)
    {
        var prepared = await _sender.PrepareAsync(Creation(deployer.Address), deployer, cancellationToken).ConfigureAwait(false);
        return prepared.Transaction is null ? throw new ChainException("The contract's own code refuses to be deployed on this chain.", isTransient: false) : prepared;
    }

    /// <summary>Sends it and waits until it cannot be undone.</summary>
    /// <exception cref="ChainException">No node takes it, or it came into no block in time.</exception>
    public Task<TransactionOutcome> SendAsync(TronTransaction transaction, CancellationToken cancellationToken) =>
        _sender.SendAsync(transaction, cancellationToken);

    /// <summary>Whether the contract that a domain names is <c>BttChannels</c> as committed, on that domain's chain.</summary>
    /// <exception cref="ChainException">The nodes cannot be asked.</exception>
    public async Task<DeployedCode> CheckAsync(ChannelDomain domain, CancellationToken cancellationToken)
    {
        var code = await node.CodeAsync(domain.Contract, cancellationToken).ConfigureAwait(false);
        if (!code.Span.SequenceEqual(ContractBytecode.BttChannelsRuntime.Span))
        {
            return code.IsEmpty ? DeployedCode.None : DeployedCode.Other;
        }

        var call = new ContractCall(TronAddress.Zero, domain.Contract, BttChannelsCalls.DomainSeparator());
        var answer = await node.CallAsync(call, cancellationToken).ConfigureAwait(false);
        return BttChannelsResults.TryReadWord(answer.Output.Span, out var separator) && separator == domain.Separator
            ? DeployedCode.BttChannels
            : DeployedCode.OtherChain;
    }

    private static ContractCreation Creation(TronAddress owner) => new(owner, "BttChannels", ContractBytecode.BttChannels);
}

/// <summary>What stands at an address.</summary>
public enum DeployedCode
{
    /// <summary>No contract.</summary>
    None,

    /// <summary>Another contract, or another version of ours.</summary>
    Other,

    /// <summary>Ours, on a chain with another id: signatures made for the id that was named would not count there.</summary>
    OtherChain,

    /// <summary>Ours.</summary>
    BttChannels,
}
