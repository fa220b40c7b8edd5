namespace BttProxy.Relay.Configuration.Schema;

/// <summary>Least and most that an option, or each entry of a list, may be: written as in the file. The schema shows it, and the validator enforces it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AllowedRangeAttribute(string least, string most) : Attribute
{
    public string Least => least;

    public string Most => most;
}
