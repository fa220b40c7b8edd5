namespace BttProxy.Relay.Observability;

/// <summary>What an attribute of a span may be: one of a closed set of words, a truth, or a small number that counts or measures something.</summary>
internal sealed class SpanValue
{
    public static readonly SpanValue Truth = new(static value => value is bool);

    public static readonly SpanValue Seconds = new(static value => value is double and >= 0 and < 1e6);

    private readonly Func<object?, bool> _allows;

    private SpanValue(Func<object?, bool> allows) => _allows = allows;

    /// <summary>One of these words.</summary>
    public static SpanValue Word(params IReadOnlyCollection<string> words)
    {
        HashSet<string> set = [.. words];
        return new SpanValue(value => value is string word && set.Contains(word));
    }

    /// <summary>The name of an enum's member.</summary>
    public static SpanValue Word<T>()
        where T : struct, Enum => Word(LabelValue.All<T>());

    public static SpanValue Number(int least, int most) => new(value => value is int number && number >= least && number <= most);

    public bool Allows(object? value) => _allows(value);
}
