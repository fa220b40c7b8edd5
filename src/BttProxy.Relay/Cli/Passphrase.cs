using System.Text;
using BttProxy.Relay.Configuration;

namespace BttProxy.Relay.Cli;

/// <summary>The passphrase of a backup: from a file, from the environment, or typed in.</summary>
internal static class Passphrase
{
    public const string Variable = "BTTPROXY_BACKUP_PASSPHRASE";

    // Guessing costs 128 MiB each; fewer characters are guessed all the same.
    private const int Shortest = 12;
    private const int MaxFileBytes = 4096;

    /// <param name="file">Its first line; null to look elsewhere.</param>
    /// <param name="isNew">Typed twice, and not too short.</param>
    /// <param name="error">Where it is asked for.</param>
    /// <exception cref="RelayConfigurationException">There is none, or it is too short.</exception>
    public static string Read(string? file, bool isNew, TextWriter error)
    {
        var passphrase = file is not null ? FromFile(file)
            : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set
            : Console.IsInputRedirected ? throw new RelayConfigurationException($"Give the passphrase with --passphrase-file FILE or in {Variable}.")
            : Ask(isNew, error);
        return !isNew || passphrase.Length >= Shortest
            ? passphrase
            : throw new RelayConfigurationException($"The passphrase must have at least {Shortest} characters: whoever finds the file tries the short ones first.");
    }

    private static string FromFile(string file)
    {
        try
        {
            var line = new FileInfo(file) is { Exists: true, Length: <= MaxFileBytes } ? File.ReadLines(file).FirstOrDefault() : null;
            return line is { Length: > 0 } ? line : throw new RelayConfigurationException($"The passphrase file '{file}' must hold one line with the passphrase.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RelayConfigurationException($"The passphrase file '{file}' cannot be read: {e.Message}", e);
        }
    }

    private static string Ask(bool isNew, TextWriter error)
    {
        var typed = Ask("Passphrase of the backup: ", error);
        return !isNew || Ask("Once more: ", error) == typed ? typed : throw new RelayConfigurationException("The two passphrases differ; nothing was done.");
    }

    private static string Ask(string question, TextWriter error)
    {
        error.Write(question);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        error.WriteLine();
        return typed.ToString();
    }
}
