using System.Runtime.CompilerServices;
using Xunit;

namespace BttProxy.FunctionalTests;

/// <summary>Waits for what must become true, however busy the machine is.</summary>
internal static class Eventually
{
    // Only what never comes is waited for so long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static Task IsTrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        IsTrueAsync(() => Task.FromResult(condition()), Pause, what);

    public static Task IsTrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        IsTrueAsync(condition, Pause, what);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="pause">Between two questions, where they cost something.</param>
    /// <param name="what">What a failure calls it.</param>
    public static async Task IsTrueAsync(
        Func<Task<bool>> condition, TimeSpan pause, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"Not in {Patience}: {what}");
            await Task.Delay(pause, TestContext.Current.CancellationToken);
        }
    }
}
