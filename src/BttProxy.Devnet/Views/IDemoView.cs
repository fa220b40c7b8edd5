namespace BttProxy.Devnet.Views;

/// <summary>Shows a <see cref="DemoBoard"/> while the demo runs: live on a terminal, as lines anywhere else.</summary>
internal interface IDemoView
{
    /// <summary>Shows what is on the board until <paramref name="finished"/> is cancelled, and then the last state.</summary>
    Task ShowAsync(DemoBoard board, CancellationToken finished);
}
