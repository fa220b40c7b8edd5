using System.Net;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;
using BttProxy.Protocol.Networks;
using BttProxy.Tron;
using BttProxy.Tron.Contracts;
using BttProxy.Tron.Node;

namespace BttProxy.Devnet.Chain;

/// <summary>The devnet's chain: the embedded TRON node with token and settlement contract, and a faucet that gives to whoever it is told to.</summary>
internal sealed class DevnetChain : IAsyncDisposable
{
    /// <summary>Enough for some hundred claims.</summary>
    public const long Gift = 5_000_000_000;

    private readonly TronChain _chain;
    private readonly Secp256k1Key _faucet;
    private readonly TransactionSender _sender;
    private readonly TronNode _client;
    private bool _isDisposed;

    private DevnetChain(TronChain chain, NodeHost host, TimeProvider time)
    {
        (_chain, Host) = (chain, host);
        _faucet = Secp256k1Key.FromBytes(Convert.FromHexString(chain.Genesis.FaucetKey));
        _client = new TronNode(new TronNodeOptions { Endpoints = [host.Endpoint], RequestsPerSecond = 1000 }, time);
        _sender = new TransactionSender(_client, new TronChannelOptions(), time);
    }

    public NodeHost Host { get; }

    public ChannelDomain Domain => _chain.Domain;

    public TronAddress Token => _chain.Token;

    public ChainDescription Description => new([new ChainNode(Host.Url, Host.Url)]) { JsonRpc = [Host.JsonRpcUrl] };

    /// <param name="directory">Where the journal lies.</param>
    /// <param name="options">How blocks are made.</param>
    /// <param name="listen">Port 0 for any free one.</param>
    /// <param name="time">The blocks' clock.</param>
    /// <param name="loggerFactory">Belongs to the caller.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ChainException">The journal cannot be used, or the port is taken.</exception>
    public static async Task<DevnetChain> StartAsync(
        string directory, NodeOptions options, IPEndPoint listen, TimeProvider time, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var chain = await TronChain.OpenAsync(directory, options, time, cancellationToken);
        try
        {
            return new DevnetChain(chain, await NodeHost.StartAsync(chain, options, listen, time, loggerFactory, cancellationToken), time);
        }
        catch
        {
            chain.Dispose();
            throw;
        }
    }

    /// <summary>Gives BTT. TRX come by themselves, with the first transaction.</summary>
    public async Task FaucetAsync(TronAddress owner, TokenAmount amount, CancellationToken cancellationToken)
    {
        var call = new ContractCall(_faucet.Address, Token, Trc20Calls.Transfer(owner, amount));
        var transaction = (await _sender.PrepareAsync(call, _faucet, cancellationToken)).Transaction;
        var outcome = transaction is null ? null : await _sender.SendAsync(transaction, cancellationToken);
        if (outcome?.Status != ExecutionStatus.Success)
        {
            throw new ChainException("The faucet's gift failed: all BTT are given away.", isTransient: false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _client.Dispose();
        await Host.DisposeAsync();
        _chain.Dispose();
        _faucet.Dispose();
    }
}
