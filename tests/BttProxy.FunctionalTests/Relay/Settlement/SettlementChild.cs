using System.Diagnostics;
using System.Globalization;
using BttProxy.FunctionalTests.Relay.Settlement.Sweep;
using Xunit;

namespace BttProxy.FunctionalTests.Relay.Settlement;

/// <summary>A relay's settlement to be killed: this test program again, running one explicit test.</summary>
public sealed class SettlementChild
{
    private const string DirectoryVariable = "BTTPROXY_SETTLEMENT_CHILD_DIRECTORY";
    private const string KillVariable = "BTTPROXY_SETTLEMENT_CHILD_KILL_AT";

    internal static Process Start(string directory, int killAt) => ExplicitTest.Start(
        typeof(SettlementChild), nameof(ClaimEverything), (DirectoryVariable, directory), (KillVariable, killAt.ToString(CultureInfo.InvariantCulture)));

    [Fact(Explicit = true)]
    public Task ClaimEverything()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        Assert.SkipWhen(directory is null, "Started by the crash tests only.");
        var killAt = int.Parse(Environment.GetEnvironmentVariable(KillVariable)!, CultureInfo.InvariantCulture);
        return new ClaimingProcess(directory).ClaimEverythingAsync(killAt, TestContext.Current.CancellationToken);
    }
}
