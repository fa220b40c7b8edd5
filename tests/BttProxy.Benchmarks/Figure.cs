using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BttProxy.Benchmarks;

/// <summary>One published figure; printed as one line of JSON.</summary>
internal sealed record Figure
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Name { get; init; }

    public required double Value { get; init; }

    public required string Unit { get; init; }

    /// <summary>What the value is held against in the same run, in words.</summary>
    public required string Reference { get; init; }

    public required double ReferenceValue { get; init; }

    /// <summary>Value divided by the reference value.</summary>
    public required double Ratio { get; init; }

    /// <summary>The bound that decides about <see cref="Pass"/>, in words.</summary>
    public required string Budget { get; init; }

    public required bool Pass { get; init; }

    /// <summary>The same with the platform's own library, where it is found.</summary>
    public double? NativeValue { get; init; }

    public string? NativeBudget { get; init; }

    /// <summary>Further numbers of the same run, by name.</summary>
    public IReadOnlyDictionary<string, double>? Details { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
