using System.CommandLine;
using BttProxy.Client.Terminal;
using BttProxy.Client.Vouchers;
using BttProxy.Protocol.Channels;

namespace BttProxy.Client.Commands;

internal static class VoucherCommand
{
    public static Command Build(GlobalOptions global, ClientTerminal terminal, Dictionary<Command, string[]> examples)
    {
        var file = new Argument<string>("FILE") { Description = "JSON with primaryType, domain, value, signature and optionally signer; '-' reads standard input." };
        var verify = new Command("verify", "Check the signature of a voucher, channel, opening, close or session request as the contract would.") { file };
        verify.SetAction(async (result, cancellationToken) =>
        {
            var settings = global.Read(result, terminal);
            var report = SignatureReport.For(SignedDocument.Parse(await ReadAsync(result.GetRequiredValue(file), cancellationToken)));
            var text = settings.Json ? report.ToJson() : Describe(report);
            await terminal.Output.WriteLineAsync(text);
            return (int)(report.Accepted ? ExitCode.Success : ExitCode.NotAccepted);
        });
        examples[verify] = ["bttproxy voucher verify voucher.json --json", "bttproxy voucher verify - < voucher.json"];
        return new Command("voucher", "Check payment documents, for disputes and against other implementations.") { verify };
    }

    private static string Describe(SignatureReport report) =>
        report.Accepted
            ? $"accepted: signed by {report.Signer}, digest {report.Digest}"
            : $"not accepted: {report.Code}{(report.Signer is { } signer ? $", signed by {signer}" : "")}, digest {report.Digest}";

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var source = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            await using (source)
            {
                // One byte more than allowed, so that the parser sees and names the fault.
                var buffer = new byte[TypedDataDocument.MaxLength + 1];
                var length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
                return buffer.AsMemory(0, length);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ClientException(ExitCode.BadInput, $"The file {path} cannot be read: {failure.Message}", failure);
        }
    }
}
