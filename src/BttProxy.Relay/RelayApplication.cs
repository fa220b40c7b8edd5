using BttProxy.Protocol.Networks;
using BttProxy.Relay.Cli;
using BttProxy.Relay.Configuration;
using BttProxy.Relay.Hosting;
using BttProxy.Relay.Reloading;

namespace BttProxy.Relay;

/// <summary>Builds relays: from a command line for the program, from options for tests and the devnet.</summary>
public static class RelayApplication
{
    /// <summary>Runs the program; the result is the exit code.</summary>
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken) =>
        new RelayProgram(Console.Out, Console.Error).RunAsync(args, cancellationToken);

    /// <summary>A relay as the command line asks for, not started.</summary>
    /// <exception cref="RelayConfigurationException">Something is wrong with the arguments, the configuration or the network file.</exception>
    public static RelayHost Build(string[] args, Action<ILoggingBuilder>? logging = null)
    {
        var (options, source) = new RelayCommand(TextWriter.Null, TextWriter.Null, TimeProvider.System).Parse(args);
        return RelayProgram.Build(options, source, logging);
    }

    /// <summary>A relay in this process, not started.</summary>
    /// <param name="options">Copied by nobody: do not change them afterwards.</param>
    /// <param name="network">The marketplace to join.</param>
    /// <param name="logging">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="RelayConfigurationException">The options are not valid; one line per problem.</exception>
    public static RelayHost Build(
        RelayOptions options, NetworkDescription network, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null) =>
        Build(options, null, network, logging, time);

    /// <param name="options">As above.</param>
    /// <param name="source">Where they can be read anew; null when they cannot.</param>
    /// <param name="network">The marketplace to join.</param>
    /// <param name="logging">Where to log; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    internal static RelayHost Build(
        RelayOptions options, ConfigurationSource? source, NetworkDescription network, Action<ILoggingBuilder>? logging, TimeProvider? time = null)
    {
        var problems = RelayOptionsValidator.Problems(options);
        return problems.Count == 0
            ? new RelayHost(options, source, network, logging, time ?? TimeProvider.System)
            : throw new RelayConfigurationException(problems);
    }
}
