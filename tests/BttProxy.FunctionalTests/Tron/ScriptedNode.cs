using System.Net;
using BttProxy.Tron.Node;
using BttProxy.Tron.Node.Wire;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BttProxy.FunctionalTests.Tron;

/// <summary>A gRPC server on loopback that answers as a TRON node of the test's choice would, honest or not.</summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ScriptedNode(WebApplication application) => _application = application;

    public TronEndpoint Endpoint { get; private set; } = null!;

    public Func<BlockExtention> Head { get; set; } = () => Block(100);

    public Func<BytesMessage, TransactionInfo> Info { get; set; } = _ => new TransactionInfo();

    public Func<NumberMessage, TransactionInfoList> Infos { get; set; } = _ => new TransactionInfoList();

    public Func<TriggerSmartContract, TransactionExtention> Call { get; set; } = _ => Returned([1]);

    public Func<Transaction, Return> Broadcast { get; set; } = _ => new Return { Result = true };

    public Func<Account, Account> Account { get; set; } = account => account;

    public Func<ChainParameters> Parameters { get; set; } = () => new ChainParameters();

    /// <summary>Null where the node does not offer estimates, as most do not.</summary>
    public Func<TriggerSmartContract, EstimateEnergyMessage>? Estimate { get; set; }

    public Func<CancellationToken, Task> Delay { get; set; } = _ => Task.CompletedTask;

    /// <summary>Keys that requests carried.</summary>
    public List<string?> ApiKeys { get; } = [];

    public static async Task<ScriptedNode> StartAsync(string? apiKey = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        ScriptedNode? node = null;
        builder.Services.AddSingleton(_ => node!);
        var application = builder.Build();
        application.MapGrpcService<FullService>();
        application.MapGrpcService<SolidityService>();
        node = new ScriptedNode(application);
        await application.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        node.Endpoint = new TronEndpoint(address, address) { ApiKey = apiKey };
        return node;
    }

    public static BlockExtention Block(long number, long milliseconds = 1_760_000_000_000)
    {
        var id = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(id, number);
        return new BlockExtention
        {
            Blockid = ByteString.CopyFrom(id),
            BlockHeader = new BlockHeader { RawData = new BlockHeader.Types.raw { Number = number, Timestamp = milliseconds } },
        };
    }

    public static TransactionExtention Returned(byte[] output, long energy = 0) => new()
    {
        ConstantResult = { ByteString.CopyFrom(output) },
        Result = new Return { Result = true },
        EnergyUsed = energy,
    };

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<T> AnswerAsync<T>(ServerCallContext context, Func<T> answer)
    {
        lock (ApiKeys)
        {
            ApiKeys.Add(context.RequestHeaders.GetValue("tron-pro-api-key"));
        }

        await Delay(context.CancellationToken);
        return answer();
    }

    private sealed class FullService(ScriptedNode node) : Wallet.WalletBase
    {
        public override Task<BlockExtention> GetNowBlock2(EmptyMessage request, ServerCallContext context) => node.AnswerAsync(context, node.Head);

        public override Task<Return> BroadcastTransaction(Transaction request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Broadcast(request));

        public override Task<TransactionExtention> TriggerConstantContract(TriggerSmartContract request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Call(request));

        public override Task<EstimateEnergyMessage> EstimateEnergy(TriggerSmartContract request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Estimate?.Invoke(request) ?? throw new RpcException(new Status(StatusCode.Unimplemented, "")));

        public override Task<TransactionInfo> GetTransactionInfoById(BytesMessage request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Info(request));

        public override Task<ChainParameters> GetChainParameters(EmptyMessage request, ServerCallContext context) =>
            node.AnswerAsync(context, node.Parameters);
    }

    private sealed class SolidityService(ScriptedNode node) : WalletSolidity.WalletSolidityBase
    {
        public override Task<BlockExtention> GetNowBlock2(EmptyMessage request, ServerCallContext context) => node.AnswerAsync(context, node.Head);

        public override Task<TransactionExtention> TriggerConstantContract(TriggerSmartContract request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Call(request));

        public override Task<TransactionInfo> GetTransactionInfoById(BytesMessage request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Info(request));

        public override Task<TransactionInfoList> GetTransactionInfoByBlockNum(NumberMessage request, ServerCallContext context) =>
            node.AnswerAsync(context, () => node.Infos(request));

        public override Task<Account> GetAccount(Account request, ServerCallContext context) => node.AnswerAsync(context, () => node.Account(request));
    }
}
