using Spectre.Console;
using Spectre.Console.Rendering;

namespace BttProxy.Client.Terminal;

/// <summary>How much is there, and how fast it comes.</summary>
internal static class ProgressBar
{
    private const int LeastWidth = 20;
    private const int MostWidth = 70;
    private const int NumbersWidth = 30;

    public static IRenderable Draw(IAnsiConsole console, double share, double rate)
    {
        var width = Math.Clamp(console.Profile.Width - NumbersWidth, LeastWidth, MostWidth);
        var filled = (int)(share * width);
        return new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', width - filled)}[/] {100 * share,5:0.0} %  {Units.Bytes(rate)}/s");
    }
}
