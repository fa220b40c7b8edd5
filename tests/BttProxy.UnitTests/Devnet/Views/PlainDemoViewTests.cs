using BttProxy.Devnet.Views;
using BttProxy.Protocol.Money;
using Xunit;

namespace BttProxy.UnitTests.Devnet.Views;

public sealed class PlainDemoViewTests
{
    [Fact]
    public async Task FinishedDemo_ShowsEveryEventOnceAndTheLastProgress()
    {
        var board = new DemoBoard();
        board.Tell("first");
        board.Show(Download(500_000));
        board.Tell("second");
        board.Show(Download(1_000_000));
        var output = new StringWriter { NewLine = "\n" };

        await new PlainDemoView(output, TimeProvider.System).ShowAsync(board, new CancellationToken(canceled: true));

        Assert.Equal(
            "first\nsecond\n  100.0 %  1.0 MB, 2.0 MB/s, paid 0.01 BTT with 3 vouchers, window 262.1 kB\n",
            output.ToString());
    }

    [Fact]
    public async Task ContentOfNothing_IsNoReasonToFail()
    {
        var board = new DemoBoard();
        board.Show(Download(0) with { TotalBytes = 0 });
        var output = new StringWriter();

        await new PlainDemoView(output, TimeProvider.System).ShowAsync(board, new CancellationToken(canceled: true));

        Assert.Contains("0 B", output.ToString(), StringComparison.Ordinal);
    }

    private static DownloadLine Download(long verified) =>
        new(verified, 1_000_000, 2e6, 1, 4, new TokenAmount(10_000_000_000_000_000), 262_144, 3);
}
