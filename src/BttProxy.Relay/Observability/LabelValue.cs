using System.Text.Json;

namespace BttProxy.Relay.Observability;

/// <summary>Names of enum members as metrics have them: <c>WrongPrice</c> is <c>wrong_price</c>.</summary>
internal static class LabelValue
{
    public static string Of<T>(T value)
        where T : struct, Enum => Names<T>.All[value];

    public static KeyValuePair<string, object?> Tag<T>(string key, T value)
        where T : struct, Enum => new(key, Of(value));

    public static IReadOnlyCollection<string> All<T>()
        where T : struct, Enum => Names<T>.All.Values;

    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> All =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));
    }
}
