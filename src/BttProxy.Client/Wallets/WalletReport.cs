using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Client.Wallets;

/// <summary>What <c>bttproxy wallet</c> prints; amounts are integers of the token's smallest unit, as text.</summary>
internal sealed record WalletReport(string Address, string File)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string ToJson() => JsonSerializer.Serialize(this, Format);

    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("address  ").AppendLine(Address);
        text.Append("file     ").Append(File);
        return text.ToString();
    }
}
