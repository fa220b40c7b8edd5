using System.Diagnostics;

namespace BttProxy.FunctionalTests;

/// <summary>A process to be killed: this test program again, running one explicit test.</summary>
internal static class ExplicitTest
{
    /// <param name="test">Its class.</param>
    /// <param name="method">The test.</param>
    /// <param name="variables">What it finds in its environment.</param>
    public static Process Start(Type test, string method, params IEnumerable<(string Name, string? Value)> variables)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "BttProxy.FunctionalTests"))
        {
            ArgumentList = { "-explicit", "only", "-method", $"{test.FullName}.{method}" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }
}
