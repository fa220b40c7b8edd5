// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Numbers of BttProxy.Tron.ContractRejection.
library Reasons {
    uint8 internal constant UNKNOWN_CHANNEL = 1;
    uint8 internal constant WRONG_EPOCH = 2;
    uint8 internal constant DEADLINE_PASSED = 3;
    uint8 internal constant INVALID_TERMS = 4;
    uint8 internal constant BAD_SIGNATURE = 5;
    uint8 internal constant WRONG_SIGNER = 6;
    uint8 internal constant INSUFFICIENT_DEPOSIT = 7;
    uint8 internal constant NOT_ABOVE_RESERVED = 9;
    uint8 internal constant FINAL_OUT_OF_RANGE = 10;
    uint8 internal constant WITHDRAW_PENDING = 11;
    uint8 internal constant NO_WITHDRAW_PENDING = 12;
    uint8 internal constant WITHDRAW_TOO_EARLY = 13;
    uint8 internal constant AMOUNT_OUT_OF_RANGE = 15;
    uint8 internal constant TOO_MANY_ROWS = 16;
    uint8 internal constant TOKEN_REFUSED = 17;
    uint8 internal constant REENTERED = 18;
}

/// @notice Numbers of BttProxy.Tron.ClaimOutcome.
library Outcomes {
    uint8 internal constant CLAIMED = 0;
    uint8 internal constant ALREADY_CLAIMED = 1;
    uint8 internal constant UNKNOWN_CHANNEL = 2;
    uint8 internal constant WRONG_EPOCH = 3;
    uint8 internal constant ABOVE_RESERVED = 4;
    uint8 internal constant BAD_SIGNATURE = 5;
    uint8 internal constant WRONG_SIGNER = 6;
}
