using System.Text.Json;
using BttProxy.Protocol.Keys;
using BttProxy.Tron;
using BttProxy.Tron.Embedded;

namespace BttProxy.Devnet.Chain;

/// <summary>The ledger over HTTP; <see cref="LedgerChainClient"/> is its other side.</summary>
internal static partial class ChainEndpoints
{
    public static void MapChain(this IEndpointRouteBuilder routes, LedgerChain chain, ILogger logger)
    {
        routes.MapGet("/head", () => Json(chain.Head));
        routes.MapGet("/accounts/{address}", (string address) => TronAddress.TryParse(address, out var parsed)
            ? Json(chain.Account(parsed))
            : Results.Problem("Not a TRON address.", statusCode: StatusCodes.Status400BadRequest));
        routes.MapGet("/channels/{id}", (string id) => !ChannelId.TryParse(id, out var parsed)
            ? Results.Problem("Not a channel id.", statusCode: StatusCodes.Status400BadRequest)
            : chain.Channel(parsed) is { } channel ? Json(channel) : Results.NotFound());
        routes.MapGet("/transactions/{id}", async (string id, CancellationToken cancellationToken) => !Bytes32.TryParse(id, out var parsed)
            ? Results.Problem("Not a transaction id.", statusCode: StatusCodes.Status400BadRequest)
            : await chain.ReceiptAsync(parsed, cancellationToken) is { } receipt ? Json(receipt) : Results.NotFound());
        routes.MapPost(
            "/transactions",
            (HttpRequest request, CancellationToken cancellationToken) => SubmitAsync(chain, request, logger, cancellationToken));
    }

    private static async Task<IResult> SubmitAsync(
        LedgerChain chain, HttpRequest request, ILogger logger, CancellationToken cancellationToken)
    {
        LedgerTransaction transaction;
        try
        {
            // Kestrel bounds the body before a byte is kept.
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, cancellationToken);
            transaction = LedgerJson.ReadTransaction(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException exception)
        {
            return Results.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }

        try
        {
            var receipt = await chain.SubmitAsync(transaction, cancellationToken);
            var kind = transaction.GetType().Name;
            if (receipt.IsAccepted)
            {
                LogAccepted(logger, kind, receipt.TransactionId, receipt.Block);
                return Json(receipt);
            }

            LogRejected(logger, kind, receipt.TransactionId, receipt.Rejection);
            return Json(receipt, StatusCodes.Status422UnprocessableEntity);
        }
        catch (ChainException exception)
        {
            LogFailed(logger, exception);
            return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IResult Json<T>(T value, int statusCode = StatusCodes.Status200OK) =>
        Results.Json(value, LedgerJson.Options, statusCode: statusCode);
}
