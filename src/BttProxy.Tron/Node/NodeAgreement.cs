using System.Collections.Immutable;
using Google.Protobuf;
using Grpc.Core;

namespace BttProxy.Tron.Node;

/// <summary>Asks all nodes the same, and finds what enough of them say.</summary>
internal sealed class NodeAgreement(ImmutableArray<TronEndpointClient> endpoints, int quorum, TimeProvider timeProvider)
{
    // Nodes that are a block apart say the same a block later.
    private const int Rounds = 3;
    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(3);

    /// <summary>As many answers as must agree, those that come first.</summary>
    /// <exception cref="ChainException">Too few come.</exception>
    public async Task<ImmutableArray<T>> CollectAsync<T>(
        Func<TronEndpointClient, CallOptions, AsyncUnaryCall<T>> request, CancellationToken cancellationToken)
        where T : class
    {
        var values = new List<T>();
        await AskAllAsync(request, value =>
        {
            values.Add(value);
            return values.Count == quorum;
        }, cancellationToken).ConfigureAwait(false);
        return [.. values];
    }

    /// <summary>As many answers of one kind as must agree, those that come first: a node that is behind does not decide by being fast.</summary>
    /// <param name="what">What is asked, for the message.</param>
    /// <param name="request">The question.</param>
    /// <param name="kind">What must be the same; the rest of the answers may differ.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ChainException">Too few answer, or they contradict each other.</exception>
    public async Task<ImmutableArray<T>> CollectAlikeAsync<T, TKind>(
        string what, Func<TronEndpointClient, CallOptions, AsyncUnaryCall<T>> request, Func<T, TKind> kind, CancellationToken cancellationToken)
        where T : class
        where TKind : notnull
    {
        var values = new Dictionary<TKind, List<T>>();
        List<T>? agreed = null;
        await AskAllAsync(request, value =>
        {
            if (!values.TryGetValue(kind(value), out var alike))
            {
                values.Add(kind(value), alike = []);
            }

            alike.Add(value);
            agreed = alike.Count == quorum ? alike : agreed;
            return agreed is not null;
        }, cancellationToken).ConfigureAwait(false);
        return agreed is not null
            ? [.. agreed]
            : throw new ChainException($"The TRON nodes do not agree about what happens if they {what}; replace one that is behind.", isTransient: true);
    }

    /// <summary>The answer that enough nodes give.</summary>
    /// <param name="what">What is asked about, for the message.</param>
    /// <param name="request">The question.</param>
    /// <param name="compared">The part of an answer that must be the same, and is returned.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ChainException">Too few answer, or they contradict each other.</exception>
    public async Task<T> AgreeAsync<T>(
        string what, Func<TronEndpointClient, CallOptions, AsyncUnaryCall<T>> request, Func<T, T> compared, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        for (var round = 1; ; round++)
        {
            var votes = new Dictionary<T, int>();
            T? agreed = null;
            await AskAllAsync(request, value =>
            {
                var answer = compared(Known(value));
                votes[answer] = votes.GetValueOrDefault(answer) + 1;
                agreed = votes[answer] == quorum ? answer : agreed;
                return agreed is not null;
            }, cancellationToken).ConfigureAwait(false);
            if (agreed is not null)
            {
                return agreed;
            }

            if (round == Rounds)
            {
                throw new ChainException(
                    $"The TRON nodes do not agree about {what}; check that all are of the same chain, and replace one that is behind.",
                    isTransient: true);
            }

            await Task.Delay(BetweenRounds, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    // Nodes tell more or less besides, by their version and configuration.
    private static T Known<T>(T message)
        where T : IMessage<T> => (T)message.Descriptor.Parser.WithDiscardUnknownFields(true).ParseFrom(message.ToByteString());

    /// <summary>Hands on one answer after the other until <paramref name="isEnough"/>; nobody waits for the slow ones then.</summary>
    /// <exception cref="ChainException">Fewer than must agree have answered.</exception>
    private async Task AskAllAsync<T>(
        Func<TronEndpointClient, CallOptions, AsyncUnaryCall<T>> request, Func<T, bool> isEnough, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = endpoints.Select(node => node.AskAsync(request, enough.Token)).ToList();
        var (answers, failure) = (0, (ChainException?)null);
        try
        {
            await foreach (var answer in Task.WhenEach(asked).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    var value = await answer.ConfigureAwait(false);
                    answers++;
                    if (isEnough(value))
                    {
                        return;
                    }
                }
                catch (ChainException exception)
                {
                    failure ??= exception;
                }
            }
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (answers < quorum)
        {
            throw failure!;
        }
    }
}
