namespace BttProxy.Relay.Configuration;

/// <summary>The relay cannot start as configured. The message says what is wrong and what to change, one line per problem.</summary>
public sealed class RelayConfigurationException : Exception
{
    public RelayConfigurationException(string message)
        : base(message)
    {
    }

    public RelayConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public RelayConfigurationException(IEnumerable<ConfigurationProblem> problems)
        : this(string.Join(Environment.NewLine, problems))
    {
    }
}
