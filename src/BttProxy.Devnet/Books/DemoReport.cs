using System.Text.Json;
using System.Text.Json.Serialization;
using BttProxy.Protocol.Money;

namespace BttProxy.Devnet.Books;

/// <summary>The demo's result. As JSON: amounts and prices are strings of whole smallest units, bytes and seconds are numbers.</summary>
internal sealed record DemoReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required string ContentSha256 { get; init; }

    public required bool ContentOk { get; init; }

    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    public required IReadOnlyList<RelayRow> Relays { get; init; }

    public required bool BooksBalance { get; init; }

    [JsonIgnore]
    public bool Succeeded => ContentOk && BooksBalance;

    public static DemoReport Create(
        string expectedSha256, string contentSha256, ByteCount content, TimeSpan elapsed, IReadOnlyList<RelayStatement> relays, IReadOnlyList<BookCheck> checks) =>
        new()
        {
            ContentSha256 = contentSha256,
            ContentOk = contentSha256 == expectedSha256,
            Bytes = content.Value,
            Seconds = Math.Round(elapsed.TotalSeconds, 3),
            Relays = [.. relays.Select(RelayRow.From)],
            BooksBalance = checks.All(check => check.Holds),
        };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    internal sealed record RelayRow(string RelayId, string PricePerMegabyte, long BytesDelivered, string Paid, string Claimed, bool BooksBalance)
    {
        public static RelayRow From(RelayStatement relay) => new(
            relay.RelayId.ToString(),
            relay.Price.ToString(),
            relay.Delivered.Value,
            relay.Paid.ToString(),
            relay.Claimed.ToString(),
            BookAudit.Check(relay).All(check => check.Holds));
    }
}
