using Google.Protobuf;
using Grpc.Core;

namespace BttProxy.Devnet.Chain.Node;

/// <summary>One node's gRPC services, which may be out, behind or lie on request, whatever the chain behind it says.</summary>
internal sealed class NodeFront(TronChain chain)
{
    public TronChain Chain => chain;

    /// <summary>A fault: every request fails.</summary>
    public bool IsOut { get; set; }

    /// <summary>A fault: the node is so many blocks behind, in all that it tells; it passes transactions on all the same.</summary>
    public int BlocksBehind { get; set; }

    /// <summary>Answers <c>EstimateEnergy</c>; most nodes do not.</summary>
    public bool EstimatesEnergy { get; set; }

    /// <summary>A fault: what the node says instead of an answer.</summary>
    public Func<IMessage, IMessage>? Lie { get; set; }

    public async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
        where T : IMessage
    {
        if (IsOut)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "out of order on request"));
        }

        try
        {
            var honest = await answer();
            return Lie is { } lie ? (T)lie(honest) : honest;
        }
        catch (BttProxy.Tron.ChainException exception)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, exception.Message));
        }
    }

    public Task<T> ReadAsync<T>(Func<ChainView, T> read, bool isSolidified, ServerCallContext context)
        where T : IMessage => AnswerAsync(() => chain.ReadAsync(read, isSolidified, context.CancellationToken, BlocksBehind));
}
