using BttProxy.Devnet.Chain.Node;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Grpc.Core;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>
/// The node's own gRPC services without a network between. Messages go over as bytes, so that no side sees the other one's objects. A process
/// that is lost in a request never gets an answer.
/// </summary>
internal sealed class DirectNode : CallInvoker
{
    private readonly Handlers _handlers = new();
    private readonly ProcessLife _life;

    public DirectNode(NodeFront front, bool isSolidity, ProcessLife life)
    {
        _life = life;
        if (isSolidity)
        {
            WalletSolidity.BindService(_handlers, new WalletSolidityService(front));
        }
        else
        {
            Wallet.BindService(_handlers, new WalletService(front));
        }
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new(AskAsync(method, options, request), Task.FromResult(new Metadata()), static () => Status.DefaultSuccess, static () => [], static () => { });

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private async Task<TResponse> AskAsync<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        await _life.PassAsync();
        var handler = (UnaryServerMethod<TRequest, TResponse>)_handlers.Find(method.Name);
        var answer = await handler(Copy(request), new DirectCall(method.FullName, options));
        await _life.PassAsync();
        return Copy(answer);
    }

    private static T Copy<T>(T message)
        where T : class => (T)((IMessage)message).Descriptor.Parser.ParseFrom(((IMessage)message).ToByteString());

    private sealed class Handlers : ServiceBinderBase
    {
        private readonly Dictionary<string, Delegate> _byName = [];

        public Delegate Find(string name) => _byName[name];

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            _byName[method.Name] = handler!;
    }
}
