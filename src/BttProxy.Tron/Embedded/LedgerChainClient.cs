using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Protocol.Money;

namespace BttProxy.Tron.Embedded;

/// <summary>The devnet's embedded ledger over HTTP. Safe for concurrent use.</summary>
public sealed class LedgerChainClient : IChannelChain, IFaucet, IDisposable
{
    private const int NonceAttempts = 8;

    private readonly HttpClient _http;

    /// <param name="url">Where the ledger listens: <c>chain.url</c> of the network description.</param>
    /// <param name="domain">The contract, from the network description.</param>
    /// <param name="token">The token, from the network description.</param>
    public LedgerChainClient(Uri url, ChannelDomain domain, TronAddress token)
    {
        Domain = domain;
        Token = token;
        // The address comes from the operator's own configuration, and the environment's proxies must not see it.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = new Uri(url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = LedgerJson.MaxLength,
        };
    }

    public ChannelDomain Domain { get; }

    public TronAddress Token { get; }

    public int MaxClaimRows => ClaimTransaction.MaxRows;

    public async Task<ChainHead> HeadAsync(CancellationToken cancellationToken) =>
        await GetAsync<ChainHead>("head", cancellationToken).ConfigureAwait(false) ?? throw NotALedger();

    public async Task<TokenAmount> BalanceAsync(TronAddress owner, CancellationToken cancellationToken) =>
        (await AccountAsync(owner, cancellationToken).ConfigureAwait(false)).Balance;

    public async Task<TokenAmount> DepositedAsync(TronAddress payer, CancellationToken cancellationToken) =>
        (await AccountAsync(payer, cancellationToken).ConfigureAwait(false)).Deposit;

    public Task<ChainChannel?> ChannelAsync(ChannelId id, CancellationToken cancellationToken) =>
        GetAsync<ChainChannel>($"channels/{id}", cancellationToken);

    public Task<ChainReceipt> DepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken) =>
        PostSignedAsync(payer, nonce => DepositTransaction.Create(Domain, payer, nonce, RandomSalt(), amount), cancellationToken);

    public Task<ChainReceipt> WithdrawDepositAsync(Secp256k1Key payer, TokenAmount amount, CancellationToken cancellationToken) =>
        PostSignedAsync(payer, nonce => WithdrawDepositTransaction.Create(Domain, payer, nonce, RandomSalt(), amount), cancellationToken);

    public Task<ChainReceipt> OpenChannelAsync(
        ChannelTerms terms, OpenChannel open, RecoverableSignature payerSignature, CancellationToken cancellationToken) =>
        PostAsync(new OpenTransaction(terms, open, payerSignature), cancellationToken);

    public Task<PreparedClaim> PrepareClaimAsync(IReadOnlyList<ClaimRow> rows, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Count, MaxClaimRows);
        var transaction = new ClaimTransaction([.. rows], RandomSalt());
        return Task.FromResult(new PreparedClaim(transaction.Id(), transaction.Rows, transaction.ToJson()));
    }

    public Task<ChainReceipt> SubmitClaimAsync(PreparedClaim claim, CancellationToken cancellationToken) =>
        PostAsync(claim.Payload, cancellationToken);

    public Task<ChainReceipt?> ReceiptAsync(Bytes32 transactionId, CancellationToken cancellationToken) =>
        GetAsync<ChainReceipt>($"transactions/{transactionId}", cancellationToken);

    public Task<ChainReceipt> CooperativeCloseAsync(
        ChannelTerms terms, CooperativeClose close, RecoverableSignature signer, RecoverableSignature payeeAuthorizer,
        CancellationToken cancellationToken) =>
        PostAsync(new CloseTransaction(terms, close, signer, payeeAuthorizer), cancellationToken);

    public Task<ChainReceipt> RequestWithdrawAsync(Secp256k1Key payer, ChannelTerms terms, CancellationToken cancellationToken) =>
        PostSignedAsync(payer, nonce => RequestWithdrawTransaction.Create(Domain, payer, nonce, RandomSalt(), terms.Id(Domain)), cancellationToken);

    public Task<ChainReceipt> FinishWithdrawAsync(ChannelTerms terms, ulong epoch, CancellationToken cancellationToken) =>
        PostAsync(new FinishWithdrawTransaction(terms.Id(Domain), epoch), cancellationToken);

    public Task<ChainReceipt> FaucetAsync(TronAddress to, TokenAmount amount, CancellationToken cancellationToken) =>
        PostAsync(new FaucetTransaction(to, amount, RandomSalt()), cancellationToken);

    public void Dispose() => _http.Dispose();

    private static Bytes32 RandomSalt()
    {
        Span<byte> salt = stackalloc byte[Bytes32.Length];
        RandomNumberGenerator.Fill(salt);
        return new Bytes32(salt);
    }

    private ChainException NotALedger(JsonException? exception = null) => new(
        $"What answers at {_http.BaseAddress} is not the ledger of this version: check chain.url in network.json.", isTransient: false, exception);

    private async Task<LedgerAccount> AccountAsync(TronAddress address, CancellationToken cancellationToken) =>
        await GetAsync<LedgerAccount>($"accounts/{address}", cancellationToken).ConfigureAwait(false) ?? throw NotALedger();

    /// <summary>Signs with the payer's next number; again when another transaction of the payer took it in between.</summary>
    private async Task<ChainReceipt> PostSignedAsync(
        Secp256k1Key payer, Func<ulong, PayerTransaction> create, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var account = await AccountAsync(payer.Address, cancellationToken).ConfigureAwait(false);
            var receipt = await PostAsync(create(account.Nonce), cancellationToken).ConfigureAwait(false);
            if (receipt.Rejection != ContractRejection.BadNonce || attempt == NonceAttempts)
            {
                return receipt;
            }
        }
    }

    private Task<ChainReceipt> PostAsync(LedgerTransaction transaction, CancellationToken cancellationToken) =>
        PostAsync(transaction.ToJson(), cancellationToken);

    private async Task<ChainReceipt> PostAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "transactions") { Content = content };
        return (await SendAsync<ChainReceipt>(request, cancellationToken).ConfigureAwait(false))!;
    }

    private async Task<T?> GetAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync<T>(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T?> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            switch (response.StatusCode)
            {
                // 422 carries the receipt of a transaction that the contract refuses.
                case HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity:
                    var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                    return JsonSerializer.Deserialize<T>(body, LedgerJson.Options) ?? throw new JsonException("The answer is null.");
                case HttpStatusCode.NotFound when request.Method == HttpMethod.Get:
                    return null;
                default:
                    throw new ChainException(
                        $"The ledger at {_http.BaseAddress} answered {(int)response.StatusCode}: see its log.", (int)response.StatusCode >= 500);
            }
        }
        catch (HttpRequestException exception)
        {
            throw new ChainException($"The ledger at {_http.BaseAddress} cannot be reached: is the devnet running?", isTransient: true, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChainException($"The ledger at {_http.BaseAddress} does not answer: is the devnet running?", isTransient: true, exception);
        }
        catch (JsonException exception)
        {
            throw NotALedger(exception);
        }
    }
}
