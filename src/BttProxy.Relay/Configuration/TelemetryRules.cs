using BttProxy.Relay.Telemetry;

namespace BttProxy.Relay.Configuration;

/// <summary>What a collector's address and headers must be.</summary>
internal static class TelemetryRules
{
    private const string Endpoint = "telemetry.otlpEndpoint";

    /// <param name="telemetry">As read.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="machine">Look into the file that the options name.</param>
    public static void Check(TelemetryOptions telemetry, ConfigurationProblems problems, bool machine)
    {
        if (telemetry.OtlpEndpoint is { } address)
        {
            CheckEndpoint(address, telemetry.Protocol, problems);
        }

        if (machine && telemetry.HeadersFile is { } file && File.Exists(file))
        {
            CheckHeaders(file, problems);
        }
    }

    private static void CheckEndpoint(string address, TelemetryProtocol protocol, ConfigurationProblems problems)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            problems.Add(
                Endpoint, address, $"'{address}' is no address of a collector",
                "Write http://host:4317 or https://host:4317 (port 4318 is usual for httpProtobuf), or leave it out to send nothing");
        }
        else if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            // Shown nowhere: what stands there is likely a password or a key.
            problems.Add(
                Endpoint, null, "has a user, a query or a fragment, which may be a secret and is not sent",
                "Write scheme, host, port and path only, and put keys into telemetry.headersFile");
        }
        else if (protocol == TelemetryProtocol.Grpc && uri.AbsolutePath != "/")
        {
            problems.Add(
                Endpoint, address, $"'{address}' has a path, and gRPC has its own", "Leave the path out, or let telemetry.protocol be \"httpProtobuf\"",
                "telemetry.protocol");
        }
    }

    private static void CheckHeaders(string file, ConfigurationProblems problems)
    {
        try
        {
            if (CollectorHeaders.Read(file).Problems is [var (line, problem), ..])
            {
                problems.Add(
                    "telemetry.headersFile", file, $"line {line} of '{file}' {problem}", "Write one header a line, such as authorization: Bearer abc");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(
                "telemetry.headersFile", file, $"'{file}' cannot be read: {e.Message.TrimEnd('.')}", "Let the user that runs the relay read it");
        }
    }
}
