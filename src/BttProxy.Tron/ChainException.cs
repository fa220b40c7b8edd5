namespace BttProxy.Tron;

/// <summary>The chain could not be asked, or answered nonsense. The message is one line that says what to do next.</summary>
public sealed class ChainException : Exception
{
    public ChainException(string message, bool isTransient, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    /// <summary>True when the same call may succeed later (node unreachable, timeout), false when asking again is useless.</summary>
    public bool IsTransient { get; }
}
