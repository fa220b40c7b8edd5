namespace BttProxy.Relay.Configuration.Schema;

/// <summary>What a text must look like: a regular expression, and the same in words.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextPatternAttribute(string pattern, string expected) : Attribute
{
    public string Pattern => pattern;

    public string Expected => expected;
}
