using System.Net;
using System.Text.Json;
using BttProxy.Devnet.Chain.Node;
using BttProxy.Protocol.Channels;
using BttProxy.Protocol.Keys;
using BttProxy.Tron.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace BttProxy.Benchmarks.Interop;

/// <summary>
/// Our side of the comparison with TronWeb (tests/interop/tronweb): typed data, signatures, addresses and transactions, and an embedded
/// node to send transactions to. A question per line on stdin, its answer per line on stdout.
/// </summary>
internal sealed class TronWebShell(TronChain chain, TransactionSender sender)
{
    public const string Name = "tronweb";

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("bttproxy-tronweb-");
        try
        {
            var options = new NodeOptions { BlockTime = TimeSpan.Zero };
            using var chain = await TronChain.OpenAsync(directory.FullName, options, TimeProvider.System, cancellationToken);
            await using var host = await NodeHost.StartAsync(
                chain, options, new IPEndPoint(IPAddress.Loopback, 0), TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
            using var node = new TronNode(new TronNodeOptions { Endpoints = [host.Endpoint], RequestsPerSecond = 1000 }, TimeProvider.System);
            var shell = new TronWebShell(chain, new TransactionSender(node, new TronChannelOptions(), TimeProvider.System));
            var head = await node.SolidifiedAsync(cancellationToken);
            while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            {
                var request = JsonSerializer.Deserialize<TronWebRequest>(line, JsonSerializerOptions.Web)!;
                Console.WriteLine(JsonSerializer.Serialize(await shell.AnswerAsync(request, head, cancellationToken)));
            }

            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<object> AnswerAsync(TronWebRequest request, TronHead head, CancellationToken cancellationToken) => request.Ask switch
    {
        "chain" => new
        {
            block = head.Reference.BlockId.ToString(),
            time = head.Time.ToUnixTimeMilliseconds(),
            token = chain.Token.ToString(),
            key = chain.Genesis.FaucetKey,
        },
        "hex" => new { hex = TronAddress.TryParse(request.Text, out var address) ? "41" + Convert.ToHexStringLower(address.Span) : null },
        "base58" => new { text = new TronAddress(Convert.FromHexString(request.Hex).AsSpan(1)).ToString() },
        "sign" => Sign(Read(request), request),
        "verify" => Verify(Read(request)),
        "transaction" => Transaction(request),
        "send" => await SendAsync(TronTransaction.Decode(Convert.FromHexString(request.Hex)), cancellationToken),
        _ => throw new InvalidDataException($"\"{request.Ask}\" is no question."),
    };

    private static TypedDataDocument Read(TronWebRequest request) =>
        TypedDataDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(request.Document));

    private static object Sign(TypedDataDocument document, TronWebRequest request)
    {
        using var key = Secp256k1Key.FromBytes(Convert.FromHexString(request.Key));
        return new
        {
            separator = document.Domain.Separator.ToString(),
            structHash = document.StructHash.ToString(),
            digest = document.Digest.ToString(),
            signer = key.Address.ToString(),
            signature = key.Sign(document.Digest).ToString(),
        };
    }

    // Every way in which this project says who signed; they must not differ.
    private static object Verify(TypedDataDocument document)
    {
        var digest = document.Digest;
        var signature = document.Signature.Span;
        List<(SignatureVerdict Verdict, TronAddress Signer)> answers = [];
        foreach (var backend in new[] { Secp256k1Backend.Portable, Secp256k1.Backend }.Distinct())
        {
            answers.Add((Secp256k1.Recover(backend, digest, signature, out var recovered), recovered));
            var known = new KnownSigner(backend, recovered);
            known.Recover(digest, signature, out _);
            answers.Add((known.Recover(digest, signature, out var seen), seen));
        }

        var (verdict, signer) = answers[0];
        return new
        {
            agree = answers.All(answer => answer == answers[0]),
            verdict = verdict.ToString(),
            signer = verdict == SignatureVerdict.Valid ? signer.ToString() : null,
        };
    }

    private static object Transaction(TronWebRequest request)
    {
        using var key = Secp256k1Key.FromBytes(Convert.FromHexString(request.Key));
        var to = TronAddress.Parse(request.To);
        TronOperation operation = request.Hex == ""
            ? new TrxTransfer(key.Address, to, request.Sun)
            : new ContractCall(key.Address, to, Convert.FromHexString(request.Hex)) { Sun = request.Sun };
        var terms = new TransactionTerms(
            new BlockReference(Bytes32.Parse(request.Reference)),
            DateTimeOffset.FromUnixTimeMilliseconds(request.Timestamp),
            DateTimeOffset.FromUnixTimeMilliseconds(request.Expiration))
        {
            FeeLimit = request.FeeLimit,
        };
        var transaction = TronTransaction.Sign(operation, terms, key);
        return new { id = Plain(transaction.Id), encoded = Convert.ToHexStringLower(transaction.Encoded.Span), owner = key.Address.ToString() };
    }

    private async Task<object> SendAsync(TronTransaction transaction, CancellationToken cancellationToken)
    {
        var outcome = await sender.SendAsync(transaction, cancellationToken);
        return new { id = Plain(outcome.Id), status = outcome.Status.ToString(), output = Convert.ToHexStringLower(outcome.Output.Span) };
    }

    private static string Plain(Bytes32 id) => Convert.ToHexStringLower(id.Span);
}
